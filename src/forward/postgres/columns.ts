import type { Sums } from '../../core/sums.ts';
import type { DisclosedBucket, DisclosedCall, GoneCall } from '../delivery.ts';

type Value = string | number | null;

/** A table's columns with their types, and how one is filled. Numbers that may be large go as text, so that none is rounded. */
export interface Columns<T> {
  readonly names: readonly string[];
  readonly types: Readonly<Record<string, string>>;
  toRow(item: T): Readonly<Record<string, Value>>;
}

/** Nano-USD as exact USD: `1234567890` → `1.234567890`. */
export function formatNumeric(nanoUsd: number): string {
  const digits = String(Math.abs(nanoUsd)).padStart(10, '0');
  return `${nanoUsd < 0 ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** PostgreSQL's text can hold anything but the character 0. */
function clean(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '');
}

const instant = (ms: number) => new Date(ms).toISOString();

function define<T>(types: Columns<T>['types'], toRow: Columns<T>['toRow']): Columns<T> {
  return { names: Object.keys(types), types, toRow };
}

export const callColumns: Columns<DisclosedCall> = define(
  {
    id: 'text',
    timestamp: 'timestamptz',
    revision: 'bigint',
    request_id: 'text',
    provider: 'text',
    model: 'text',
    agent: 'text',
    task_type: 'text',
    session_id: 'text',
    user_id: 'text',
    team: 'text',
    project: 'text',
    endpoint: 'text',
    service_tier: 'text',
    input_tokens: 'bigint',
    output_tokens: 'bigint',
    cache_read_tokens: 'bigint',
    cache_write_tokens: 'bigint',
    reasoning_tokens: 'bigint',
    cost_usd: 'numeric',
    cost_basis: 'text',
    plan: 'text',
    latency_ms: 'bigint',
    signal: 'text',
  },
  call => ({
    id: call.id,
    timestamp: instant(call.timestamp),
    revision: call.revision,
    request_id: clean(call.requestId),
    provider: clean(call.provider),
    model: clean(call.model),
    agent: clean(call.agent),
    task_type: clean(call.taskType),
    session_id: clean(call.sessionId),
    user_id: clean(call.userId),
    team: clean(call.team),
    project: clean(call.project),
    endpoint: clean(call.endpoint),
    service_tier: clean(call.serviceTier),
    input_tokens: call.inputTokens,
    output_tokens: call.outputTokens,
    cache_read_tokens: call.cacheReadTokens,
    cache_write_tokens: call.cacheWriteTokens,
    reasoning_tokens: call.reasoningTokens,
    cost_usd: call.costNanoUsd === null ? null : formatNumeric(call.costNanoUsd),
    cost_basis: call.costBasis,
    plan: call.plan,
    latency_ms: call.latencyMs,
    signal: call.signal,
  }),
);

export const goneColumns: Columns<GoneCall> = define(
  { id: 'text', timestamp: 'timestamptz', revision: 'bigint' },
  ({ id, timestamp, revision }) => ({ id, timestamp: instant(timestamp), revision }),
);

/** One row of sums with the quarter it belongs to. */
export type SumsRow = Omit<DisclosedBucket, 'sums'> & DisclosedBucket['sums'][number];

/** The columns of `api_usage_sums` that are summed, by what they are in the ledger. Money is apart: `numeric`, in USD. */
export const countColumns = {
  requests: 'requests',
  promptTokens: 'input_tokens',
  completionTokens: 'output_tokens',
  cacheReadTokens: 'cache_read_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  reasoningTokens: 'reasoning_tokens',
  costedRequests: 'costed_requests',
  unpricedRequests: 'unpriced_requests',
  estimatedRequests: 'estimated_requests',
  subscriptionCostedRequests: 'subscription_costed_requests',
  latencyMs: 'latency_ms',
  timedRequests: 'timed_requests',
} as const satisfies Partial<Record<keyof Sums, string>>;

export const moneyColumns = {
  costNanoUsd: 'cost_usd',
  subscriptionNanoUsd: 'subscription_cost_usd',
} as const satisfies Partial<Record<keyof Sums, string>>;

const typed = (names: Readonly<Record<string, string>>, type: string) =>
  Object.fromEntries(Object.values(names).map(name => [name, type]));

export const sumsColumns: Columns<SumsRow> = define(
  {
    source: 'text',
    bucket: 'timestamptz',
    model: 'text',
    team: 'text',
    project: 'text',
    user_id: 'text',
    ...typed(countColumns, 'bigint'),
    ...typed(moneyColumns, 'numeric'),
    revision: 'bigint',
  },
  ({ source, fromMs, model, team, project, userId, sums, revision }) => ({
    source,
    bucket: instant(fromMs),
    model: clean(model) ?? '',
    team: clean(team) ?? '',
    project: clean(project) ?? '',
    user_id: clean(userId) ?? '',
    ...Object.fromEntries(keysOf(countColumns).map(key => [countColumns[key], sums[key]])),
    ...Object.fromEntries(keysOf(moneyColumns).map(key => [moneyColumns[key], formatNumeric(sums[key])])),
    revision,
  }),
);

/** The keys of an object, typed. */
export function keysOf<T extends object>(object: T): (keyof T)[] {
  return Object.keys(object) as (keyof T)[];
}
