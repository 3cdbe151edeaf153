import { usdToNano } from '../core/money.ts';
import { normalizeProvider, type Provider } from '../core/provider.ts';
import { parseTimestamp } from '../core/time/time.ts';
import type { Signal } from '../core/usageRecord.ts';
import { type JsonObject, readAmount, readText, UsageError } from './json.ts';

/** Context from headers or from around a response; fills what the record itself does not say. */
export interface UsageContext {
  readonly sessionId?: string | undefined;
  readonly taskType?: string | undefined;
  readonly userId?: string | undefined;
  readonly team?: string | undefined;
  readonly project?: string | undefined;
  readonly agent?: string | undefined;
  readonly branch?: string | undefined;
  readonly cwd?: string | undefined;
  /** Any name a provider is known by. */
  readonly provider?: Provider | undefined;
  readonly model?: string | undefined;
  /** Request id given by the sender or found in the response's headers. */
  readonly requestId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly serviceTier?: string | undefined;
  /** When the call was made, epoch ms, UTC. */
  readonly timestamp?: number | undefined;
  readonly latencyMs?: number | undefined;
  /** What the call cost, nano-USD. */
  readonly billedNanoUsd?: number | undefined;
  /** How the record reached us; `response` when left out. */
  readonly signal?: Signal | undefined;
}

const headers = {
  sessionId: 'x-spend-lens-session',
  taskType: 'x-spend-lens-task-type',
  userId: 'x-spend-lens-user',
  agent: 'x-spend-lens-agent',
  provider: 'x-spend-lens-provider',
  model: 'x-spend-lens-model',
  idempotencyKey: 'idempotency-key',
} as const;

/**
 * Context that came with a request, brought to the rules of a record's own fields: trimmed, empty left out. Throws `UsageError`
 * that names the header.
 */
export function parseHeaderContext(context: UsageContext): UsageContext {
  const clean: Record<string, unknown> = { ...context };
  for (const [key, header] of Object.entries(headers)) {
    const given = { [header]: context[key as keyof UsageContext] };
    clean[key] = readText(given, header) ?? undefined;
  }
  clean.provider = normalizeProvider(clean.provider as string | undefined) ?? undefined;
  return clean as UsageContext;
}

/** The context fields of a flat record or of the object around a response. Throws `UsageError` for a bad one. */
export function readContextFields(source: JsonObject): UsageContext {
  const text = (field: string) => readText(source, field) ?? undefined;
  return {
    sessionId: text('session_id'),
    taskType: text('task_type'),
    userId: text('user_id'),
    team: text('team'),
    project: text('project'),
    agent: text('agent'),
    branch: text('branch'),
    cwd: text('cwd'),
    provider: normalizeProvider(text('provider')) ?? undefined,
    model: text('model'),
    requestId: text('request_id'),
    endpoint: text('endpoint'),
    serviceTier: text('service_tier'),
    timestamp: readTimestamp(source, 'timestamp'),
    latencyMs: readLatency(source, 'latency_ms') ?? undefined,
    billedNanoUsd: readUsd(source, 'cost_usd') ?? undefined,
  };
}

function saysNothing(context: UsageContext): boolean {
  for (const key in context) {
    if (context[key as keyof UsageContext] !== undefined) {
      return false;
    }
  }
  return true;
}

/** The fields of `first`, and where it says nothing those of `second`. */
export function mergeContexts(first: UsageContext, second: UsageContext): UsageContext {
  if (saysNothing(second)) {
    return first;
  }
  const merged: Record<string, unknown> = { ...second };
  for (const [key, value] of Object.entries(first)) {
    if (value !== undefined) {
      merged[key] = value;
    }
  }
  return merged as UsageContext;
}

/** An amount of USD as nano-USD, or null when absent. Throws `UsageError` when it is negative, not finite or too large to count. */
export function readUsd(source: JsonObject, field: string, path = ''): number | null {
  const usd = readAmount(source, field, path);
  // 9 million USD is the most that nano-USD can count exactly.
  if (usd !== null && usd > 9e6) {
    throw new UsageError(path + field, `${path}${field} is ${usd} USD, more than one call can cost.`);
  }
  return usd === null ? null : usdToNano(usd);
}

/** Longer than any call takes; a number that large is in another unit, and would spoil every average. 30 days, ms. */
export const longestLatency = 30 * 86_400_000;

function readLatency(source: JsonObject, field: string): number | null {
  const ms = readAmount(source, field);
  if (ms !== null && ms > longestLatency) {
    throw new UsageError(field, `${field} is ${ms} ms, longer than a call can take (30 days).`);
  }
  return ms;
}

function readTimestamp(source: JsonObject, field: string): number | undefined {
  const value = source[field];
  if (value === undefined || value === null) {
    return undefined;
  }
  const time = parseTimestamp(value);
  if (time === null) {
    throw new UsageError(field, `${field} must be an ISO 8601 time or a Unix time in s, ms, µs or ns.`);
  }
  return time;
}
