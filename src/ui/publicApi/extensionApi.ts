/**
 * What other extensions get from Spend Lens (docs/extension-api.md). Types only, and complete in this file: copy it, or import it.
 *
 * ```ts
 * const spendLens = vscode.extensions.getExtension<SpendLensApi>('spend-lens.spend-lens');
 * const api = await spendLens?.activate();
 * ```
 *
 * Money is USD, instants are ISO 8601 in UTC, latencies are ms. A later release adds members; what is here stays as long as `version` is 1.
 */
export interface SpendLensApi {
  readonly version: 1;
  /**
   * Stores model calls in this window's ledger; resolves when they are durable. A call that is told twice with the same `requestId` counts
   * once. Rejects with a `SpendLensError`, or VS Code's `CancellationError`; a call that can't be is in the answer's `rejected`.
   */
  recordUsage(usage: Usage | readonly Usage[], cancellation?: CancellationToken): Promise<RecordedUsage>;
  /** Sums over a period, today when left out. Rejects as above. */
  getSpend(query?: SpendQuery, cancellation?: CancellationToken): Promise<Spend>;
  /** What a prompt would cost. Nothing is stored and nothing leaves the machine. Rejects as above. */
  estimate(question: EstimateRequest, cancellation?: CancellationToken): Promise<Estimate>;
  /** The spend of this window's ledger, when it is first known and whenever it changes, at most four times a second. */
  readonly onDidChangeSpend: Event<SpendChange>;
  /** A threshold of a budget was crossed: once per budget, threshold and period. Imported history crosses none. */
  readonly onDidCrossThreshold: Event<ThresholdCrossing>;
}

/** `unavailable`: the engine is not running, try later. `invalid`: the question can't be answered, `field` says why. `failed`: all else. */
export interface SpendLensError extends Error {
  readonly code: 'unavailable' | 'invalid' | 'failed';
  /** The offending field of the HTTP interface, e.g. `group_by`. */
  readonly field: string | null;
}

/** What a call may say of itself. */
export interface UsageContext {
  readonly provider?: string;
  readonly sessionId?: string;
  readonly taskType?: string;
  readonly userId?: string;
  readonly team?: string;
  readonly project?: string;
  readonly branch?: string;
  /** The tool that made the call. */
  readonly agent?: string;
  /** Makes a repetition one call. */
  readonly requestId?: string;
  /** Now when left out. */
  readonly timestamp?: Date | string;
  readonly latencyMs?: number;
  readonly endpoint?: string;
  readonly serviceTier?: string;
  /** What the provider billed, where it says so; otherwise the call is priced. */
  readonly costUsd?: number;
}

/** A model call with counted tokens. `promptTokens` has the cache in it; `inputTokens` has it only for providers that count so. */
export interface CountedUsage extends UsageContext {
  readonly model: string;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens?: number;
}

/** The whole response of a provider, as it came. */
export interface ResponseUsage extends UsageContext {
  readonly response: unknown;
  readonly model?: string;
}

export type Usage = CountedUsage | ResponseUsage;

export type CostBasis = 'billed' | 'priced' | 'estimated' | 'unpriced';

export interface RecordedUsage {
  /** Calls that are new. */
  readonly accepted: number;
  /** Calls that were known. */
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly field: string | null; readonly error: string }[];
  /** `records[i]` belongs to usage i; null when it was rejected. The cost is null while the model has no price. */
  readonly records: readonly ({
    readonly id: string;
    readonly costUsd: number | null;
    readonly costBasis: CostBasis;
  } | null)[];
}

export type SpendKey =
  | 'provider'
  | 'model'
  | 'agent'
  | 'session_id'
  | 'task_type'
  | 'user_id'
  | 'team'
  | 'project'
  | 'branch'
  | 'day'
  | 'hour';

export interface SpendQuery {
  /** Calendar periods of the ledger's time zone; `today` when nothing is given. Not together with `from`. */
  readonly period?: 'today' | 'week' | 'month' | '7d' | '30d';
  /** An instant, or a date of the ledger's zone (`2026-11-22`). */
  readonly from?: Date | string;
  /** Exclusive; the end of today when left out. */
  readonly to?: Date | string;
  readonly groupBy?: readonly SpendKey[];
  /** This window's ledger (the default), or all of this computer, each call once. */
  readonly scope?: 'workspace' | 'machine';
}

export interface SpendFigures {
  readonly requests: number;
  /** All that was sent, cache included. */
  readonly promptTokens: number;
  /** All that was billed as output, reasoning included. */
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** Null when nothing in it has a price. */
  readonly costUsd: number | null;
  /** The part of `costUsd` that subscriptions pay for: no spend. */
  readonly subscriptionCostUsd: number | null;
  /** Calls without a price; they are not in the cost. */
  readonly unpricedRequests: number;
  readonly avgLatencyMs: number | null;
}

export interface Spend {
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
  readonly total: SpendFigures;
  readonly groups: readonly (SpendFigures & { readonly key: Readonly<Partial<Record<SpendKey, string | null>>> })[];
}

export interface SpendChange {
  readonly today: SpendFigures;
  /** Since Monday. */
  readonly week: SpendFigures;
  readonly month: SpendFigures;
}

export interface ThresholdCrossing {
  /** Name of the budget; `daily` for the setting `spendLens.budget.daily`. */
  readonly budget: string;
  readonly period: string;
  readonly scope: string;
  /** Percent of the limit. */
  readonly threshold: number;
  readonly spentUsd: number;
  readonly limitUsd: number;
}

/** One of `text`, `messages` and `inputTokens`; the model and the expected output are the settings' when left out. */
export interface EstimateRequest {
  readonly model?: string;
  readonly text?: string;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly inputTokens?: number;
  readonly expectedOutputTokens?: number;
}

export interface Estimate {
  readonly inputTokens: number;
  /** False for a model without a public tokenizer: `lowUsd` to `highUsd` is the range then. */
  readonly exact: boolean;
  readonly outputTokens: number;
  /** Costs are null for a model without a price. */
  readonly inputCostUsd: number | null;
  readonly outputCostUsd: number | null;
  readonly totalCostUsd: number | null;
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** Input ÷ context window; null while that is unknown. */
  readonly contextShare: number | null;
}

/** VS Code's `Disposable`, `Event` and `CancellationToken`, as far as they are needed here. */
export interface Disposable {
  dispose(): unknown;
}
export type Event<T> = (listener: (event: T) => unknown, thisArgs?: unknown, disposables?: Disposable[]) => Disposable;
export interface CancellationToken {
  readonly isCancellationRequested: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: VS Code's own type
  readonly onCancellationRequested: (listener: (event: any) => any) => Disposable;
}
