import type { Provider } from './provider.ts';

/**
 * Token counts of one model call in disjoint buckets (docs/architecture.md, "The record"). Every source is brought to this
 * form at the door, so nothing behind `capture/` ever asks whether a prompt count includes the cache.
 */
export interface TokenCounts {
  /** Uncached input tokens; null when the source does not say. */
  readonly input: number | null;
  readonly cacheRead: number;
  /** Cache writes with a time to live of five minutes. */
  readonly cacheWrite5m: number;
  /** Cache writes with a time to live of one hour. */
  readonly cacheWrite1h: number;
  /** Cache writes whose time to live is unknown. */
  readonly cacheWrite: number;
  /** Everything billed as output, reasoning included; null when the source does not say. */
  readonly output: number | null;
  /** The part of `output` spent on reasoning; null when unreported. */
  readonly reasoning: number | null;
}

/** The ways a record can reach us, best first (docs/architecture.md, "Signals"). */
export const signals = ['gateway', 'response', 'usage', 'otlp_log', 'otlp_span', 'otlp_metric', 'transcript'] as const;
export type Signal = (typeof signals)[number];

/** How much of the call the counts cover, best first: all of it, what was seen until it broke off, or a guess. */
export const completenesses = ['complete', 'lower_bound', 'estimated'] as const;
export type Completeness = (typeof completenesses)[number];

/**
 * Marks an id that names a report and not the call: it recognises a report that comes twice (an exporter's retry), and says
 * nothing about other reports of the same call.
 */
export const reportIdMark = '~';

/** Whether any of the ids is one by which other signals may know the same call. */
export function hasCallId(ids: readonly string[]): boolean {
  return ids.some(id => !id.startsWith(reportIdMark));
}

/** How an agent pays: per token at list price, or by a subscription, so that the list price is only what it would have cost. */
export const plans = ['api', 'subscription'] as const;
export type Plan = (typeof plans)[number];

/** One model call as a source reported it, before it is priced. */
export interface UsageRecord {
  /** Every id the source knows the call by (request, response, message id, idempotency key). Records sharing one are one call. */
  readonly ids: readonly string[];
  /** The id shown to people; one of `ids`, or null. */
  readonly requestId: string | null;
  /** When the call was made, epoch ms, UTC. */
  readonly timestamp: number;
  readonly provider: Provider | null;
  /** The model name exactly as reported; null only from sources that have none. */
  readonly model: string | null;
  /** The tool that made the call. */
  readonly agent: string | null;
  readonly sessionId: string | null;
  readonly taskType: string | null;
  readonly userId: string | null;
  readonly team: string | null;
  readonly project: string | null;
  readonly branch: string | null;
  /**
   * The agent's working folder relative to the workspace's (`packages/app`, `.` for the workspace's own, `/` between the parts on
   * every system); null when it is unknown or outside. Never a full path.
   */
  readonly folder: string | null;
  /** How the call is paid; null when nobody said, which counts as `api`. Kept with the row: a later setting changes later calls. */
  readonly plan: Plan | null;
  /** Working folder of the agent; used for routing only, never stored. */
  readonly cwd: string | null;
  readonly endpoint: string | null;
  /** Whole ms. */
  readonly latencyMs: number | null;
  /** The tier in the response (`batch`, `flex`, `priority` …), null when standard or unsaid. */
  readonly serviceTier: string | null;
  /** Anthropic's `speed` of the response (`fast`), null when standard or unsaid. */
  readonly speed: string | null;
  /** Anthropic's `inference_geo` of the response (`us`), null when unsaid. */
  readonly inferenceGeo: string | null;
  /** Billed web searches of the call. */
  readonly webSearches: number;
  readonly tokens: TokenCounts;
  readonly completeness: Completeness;
  readonly signal: Signal;
  /** The provider's own amount in nano-USD; when given it is the cost. */
  readonly billedNanoUsd: number | null;
  /** The agent's own idea of the cost, nano-USD; kept aside for comparison, never summed. */
  readonly agentCostNanoUsd: number | null;
}

/** A record that says nothing yet; what it leaves out of a call is null or 0. */
export const emptyRecord: UsageRecord = {
  ids: [],
  requestId: null,
  timestamp: 0,
  provider: null,
  model: null,
  agent: null,
  sessionId: null,
  taskType: null,
  userId: null,
  team: null,
  project: null,
  branch: null,
  folder: null,
  plan: null,
  cwd: null,
  endpoint: null,
  latencyMs: null,
  serviceTier: null,
  speed: null,
  inferenceGeo: null,
  webSearches: 0,
  tokens: { input: null, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWrite: 0, output: null, reasoning: null },
  completeness: 'complete',
  signal: 'usage',
  billedNanoUsd: null,
  agentCostNanoUsd: null,
};

/** Everything that was sent: uncached input, cache reads and cache writes. Null while the uncached part is unknown. */
export function promptTokens(tokens: TokenCounts): number | null {
  return tokens.input === null ? null : tokens.input + tokens.cacheRead + cacheWriteTokens(tokens);
}

/** All cache writes, whatever their time to live. */
export function cacheWriteTokens(tokens: TokenCounts): number {
  return tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.cacheWrite;
}
