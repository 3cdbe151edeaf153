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

export const sumsColumns: Columns<SumsRow> = define(
  {
    source: 'text',
    bucket: 'timestamptz',
    model: 'text',
    team: 'text',
    project: 'text',
    user_id: 'text',
    requests: 'bigint',
    input_tokens: 'bigint',
    output_tokens: 'bigint',
    cache_read_tokens: 'bigint',
    cache_write_tokens: 'bigint',
    reasoning_tokens: 'bigint',
    cost_usd: 'numeric',
    subscription_cost_usd: 'numeric',
    unpriced_requests: 'bigint',
    revision: 'bigint',
  },
  row => ({
    source: row.source,
    bucket: instant(row.fromMs),
    model: clean(row.model) ?? '',
    team: clean(row.team) ?? '',
    project: clean(row.project) ?? '',
    user_id: clean(row.userId) ?? '',
    requests: row.requests,
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    reasoning_tokens: row.reasoningTokens,
    cost_usd: formatNumeric(row.costNanoUsd),
    subscription_cost_usd: formatNumeric(row.subscriptionNanoUsd),
    unpriced_requests: row.unpricedRequests,
    revision: row.revision,
  }),
);
