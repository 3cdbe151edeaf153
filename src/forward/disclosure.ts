/**
 * What each privacy level tells, in one place (docs/privacy.md says the same for people, and `disclosure.test.ts` holds them equal).
 * Prompts and file contents are not in the ledger at all; folders, paths and branches never leave in any level.
 */
import type { PrivacyLevel } from '../contributions.ts';
import { addSums, type GroupKey, type GroupSums, noSums } from '../core/sums.ts';
import { cacheWriteTokens, promptTokens } from '../core/usageRecord.ts';
import type { CallRow } from '../ledger/tables/change.ts';
import type { DisclosedCall, DisclosedSums } from './delivery.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** What the sums of a level are grouped by. */
export function sumKeys(level: PrivacyLevel): readonly GroupKey[] {
  return level === 'totals' ? ['model', 'team', 'project'] : ['model', 'team', 'project', 'user_id'];
}

/** One call at a level; null at `totals`, which tells of no single call. */
export function discloseCall(
  row: CallRow,
  revision: number,
  level: PrivacyLevel,
  pseudonyms: Pseudonyms,
): DisclosedCall | null {
  if (level === 'totals') {
    return null;
  }
  const { record, cost } = row;
  const isFull = level === 'full';
  return {
    id: row.id,
    revision,
    timestamp: record.timestamp,
    provider: withoutPath(record.provider),
    model: withoutPath(record.model),
    agent: withoutPath(record.agent),
    taskType: withoutPath(record.taskType),
    team: withoutPath(record.team),
    project: withoutPath(record.project),
    userId: nameAt(level, 'user', record.userId, pseudonyms),
    sessionId: nameAt(level, 'session', record.sessionId, pseudonyms),
    requestId: isFull ? withoutPath(record.requestId) : null,
    endpoint: isFull ? apiPath(record.endpoint) : null,
    serviceTier: withoutPath(record.serviceTier),
    inputTokens: promptTokens(record.tokens),
    outputTokens: record.tokens.output,
    cacheReadTokens: record.tokens.cacheRead,
    cacheWriteTokens: cacheWriteTokens(record.tokens),
    reasoningTokens: record.tokens.reasoning,
    costNanoUsd: cost.nanoUsd,
    costBasis: cost.basis,
    plan: record.plan ?? 'api',
    latencyMs: record.latencyMs,
    signal: record.signal,
  };
}

/** The sums of a quarter of an hour at a level, as the ledger groups them by {@link sumKeys}; each key once. */
export function discloseSums(
  groups: readonly GroupSums[],
  level: PrivacyLevel,
  pseudonyms: Pseudonyms,
): DisclosedSums[] {
  const byKey = new Map<string, DisclosedSums>();
  for (const { key, sums } of groups) {
    const told = {
      model: withoutPath(key.model ?? null),
      team: withoutPath(key.team ?? null),
      project: withoutPath(key.project ?? null),
      userId: level === 'totals' ? null : nameAt(level, 'user', key.user_id ?? null, pseudonyms),
    };
    const name = JSON.stringify(told);
    // Two paths may end in the same name.
    byKey.set(name, { ...told, sums: addSums(byKey.get(name)?.sums ?? noSums, sums) });
  }
  return [...byKey.values()];
}

function nameAt(level: PrivacyLevel, kind: 'user' | 'session', name: string | null, pseudonyms: Pseudonyms) {
  if (name === null) {
    return null;
  }
  return level === 'full' ? withoutPath(name) : pseudonyms(kind, name);
}

/** The root of a path on any system, or of a file's URL. */
const root = /^(file:|[\\/~]|[A-Za-z]:[\\/])/;

/** Labels are the user's own words; one that is a path is told by its last part only. */
function withoutPath(text: string | null): string | null {
  if (text === null || !root.test(text)) {
    return text;
  }
  return text.split(/[\\/]/).findLast(part => part !== '') ?? null;
}

/** The path of a provider's interface, which is the only kind of path that may leave; anything else is treated as a file's. */
function apiPath(endpoint: string | null): string | null {
  return endpoint !== null && /^\/(api\/)?(v\d\w*|openai|model|deployments)\//.test(endpoint)
    ? (endpoint.split(/[?#]/)[0] ?? null)
    : withoutPath(endpoint);
}
