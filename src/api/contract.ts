/** The HTTP interface as types (docs/http-api.md). Types only: no code, so any process may import it. */

import type { CostBasis } from '../core/cost.ts';
import type { GroupKey } from '../core/sums.ts';
import type { BudgetStatus, Burn, Notice } from './budgetContract.ts';
import type { ForwardingState } from './forwardContract.ts';
import type { ThresholdEvent } from './thresholdContract.ts';

export type * from './budgetContract.ts';

/** RFC 9457 problem details; `field` names the offending part of the request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly field?: string;
}

export type BudgetState = 'none' | 'ok' | 'warning' | 'exceeded';

/** The tightest budget; limits are null when there is none. USD. */
export interface BudgetAnswer {
  readonly spent_usd: number;
  readonly limit_usd: number | null;
  readonly remaining_usd: number | null;
  readonly state: BudgetState;
}

export interface UsageAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly field: string | null; readonly error: string }[];
  /** `records[i]` belongs to input i; null when it was rejected. */
  readonly records: readonly ({
    readonly id: string;
    readonly cost_usd: number | null;
    readonly cost_basis: CostBasis;
  } | null)[];
  readonly budget: BudgetAnswer;
}

export const summaryPeriods = ['today', 'week', 'month', '7d', '30d'] as const;
export type SummaryPeriod = (typeof summaryPeriods)[number];

export type { GroupKey };

/** Sums over a set of calls. Tokens are counts, cost is USD (null when nothing in the set is priced), latency is ms. */
export interface Figures {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_usd: number | null;
  /** The part of `cost_usd` that subscriptions pay for, at list price; the rest is spend. Null when no call on one has a price. */
  readonly subscription_cost_usd: number | null;
  readonly unpriced_requests: number;
  /** Calls whose cost is an estimate; those that are neither unpriced nor estimated are known exactly. */
  readonly estimated_requests: number;
  readonly avg_latency_ms: number | null;
}

export interface Group extends Figures {
  readonly key: Readonly<Partial<Record<GroupKey, string | null>>>;
}

export interface Summary {
  /** Instants, ISO 8601 in UTC; `to` is exclusive. */
  readonly from: string;
  readonly to: string;
  readonly total: Figures;
  readonly groups: readonly Group[];
  /** Calls of the range that no model answered, with the same filter; they are in no other figure. */
  readonly failed_requests: number;
  /** Only with `compare=previous`: the same figures of the range before, as far as this one has come. */
  readonly previous?: { readonly from: string; readonly to: string; readonly total: Figures };
}

/** What a cost is made of. USD; the parts add up to `cost_usd`. */
export interface CostFigures {
  readonly requests: number;
  /** Null when nothing in the set has a cost. */
  readonly cost_usd: number | null;
  /** Uncached input. */
  readonly input_usd: number;
  readonly cache_read_usd: number;
  readonly cache_write_usd: number;
  /** Reasoning included. */
  readonly output_usd: number;
  readonly web_search_usd: number;
  /** Billed as a whole, kept by retention as a sum only, or left over by rounding each call. */
  readonly unsplit_usd: number;
  /** What caching saved against the input's rate, cache writes taken off; null where no call has a rate. */
  readonly cache_savings_usd: number | null;
  readonly billed_requests: number;
  readonly priced_requests: number;
  readonly estimated_requests: number;
  readonly unpriced_requests: number;
  /** Calls of which retention kept only sums: how their cost is known was not kept. */
  readonly undetailed_requests: number;
}

/** A rate in USD per 1M tokens, as it is kept with the calls it priced. */
export interface RateAnswer {
  readonly input: number;
  readonly output: number;
  readonly cache_read: number;
  readonly cache_write_5m: number;
  readonly cache_write_1h: number;
  /** USD per 1,000 searches. */
  readonly web_search: number;
  /** `settings:<pattern>` or `genai-prices@<version>:<provider>/<model>`. */
  readonly source: string;
  /** The smallest prompt this long-context tier holds for, tokens; null for the base rate. */
  readonly tier_from: number | null;
  /** What the token rates are multiplied by, by name. */
  readonly factors: Readonly<Record<string, number>>;
}

/** Calls of one model that were priced alike. */
export interface RatedCalls extends Omit<CostFigures, `${string}_requests`> {
  readonly provider: string | null;
  readonly model: string | null;
  readonly cost_basis: CostBasis;
  readonly service_tier: string | null;
  readonly speed: string | null;
  readonly inference_geo: string | null;
  /** The ways these calls reached us, as merged. */
  readonly signals: readonly string[];
  /** Reports that made them: more than `requests` where reports of one call were merged. */
  readonly observations: number;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_5m_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly web_searches: number;
  /** Null for calls that were billed or have no rate. */
  readonly rate: RateAnswer | null;
}

/** Answer of `GET /v1/costs`. */
export interface Costs {
  readonly from: string;
  readonly to: string;
  readonly total: CostFigures;
  /** By stretches of time, in order. */
  readonly groups: readonly (CostFigures & { readonly key: Group['key'] })[];
  /** Dearest first. */
  readonly rates: readonly RatedCalls[];
}

/** A session as `GET /v1/sessions` gives it: its figures in the range, and what it did as far as its calls are kept. */
export interface SessionFigures extends Figures {
  readonly session_id: string | null;
  /** First and last call in the range; null where only sums are kept. */
  readonly first_record: string | null;
  readonly last_record: string | null;
  readonly agents: readonly string[];
  readonly models: readonly string[];
  readonly task_types: readonly string[];
  readonly branches: readonly string[];
}

/** Answer of `GET /v1/sessions`, the latest first. */
export interface Sessions {
  readonly from: string;
  readonly to: string;
  readonly sessions: readonly SessionFigures[];
}

/** Answer of `GET /v1/records`. */
export interface Records {
  readonly records: readonly RecordRow[];
}

/** The outline of one stored call, as `/v1/records` and the `record` event give it: no content, no working folder. */
export interface RecordOutline {
  readonly id: string;
  readonly timestamp: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly agent: string | null;
  readonly session_id: string | null;
  readonly task_type: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly cost_usd: number | null;
  readonly cost_basis: CostBasis;
  readonly signal: string;
}

/** A call in a list: its outline and what a timeline shows of it. */
export interface RecordRow extends RecordOutline {
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number | null;
  readonly latency_ms: number | null;
  readonly service_tier: string | null;
  readonly user_id: string | null;
  readonly project: string | null;
  readonly branch: string | null;
  readonly request_id: string | null;
  /** The subagent that made the call; null for the main conversation and where nobody said. */
  readonly subagent: string | null;
  readonly signals: readonly string[];
  readonly observations: number;
}

/** Sums over all ledgers of the user on this computer, also of workspaces that are closed; each call once. */
export interface MachineTotals {
  readonly today: Figures;
  readonly week: Figures;
  readonly month: Figures;
}

/** A session that is at work or was a while ago, with the figures of all of it. */
export interface SessionTotals extends Figures {
  readonly session_id: string;
  /** The agents that were seen in it. */
  readonly agents: readonly string[];
  /** ISO 8601 in UTC. */
  readonly last_record: string;
}

/** What the status bar shows; event `totals`. Figures of the ledger that the token belongs to. */
export interface Totals {
  readonly today: Figures;
  readonly week: Figures;
  readonly month: Figures;
  /** Today's models, dearest first, five at most. */
  readonly top_models: readonly ({ readonly model: string | null } & Figures)[];
  /** Models without a rate among this month's calls. */
  readonly unpriced_models: readonly string[];
  readonly last_record: RecordOutline | null;
  /** The sessions with a call in the last hour, the latest first, five at most. */
  readonly sessions: readonly SessionTotals[];
  /** The tightest of `budgets`. */
  readonly budget: BudgetAnswer & {
    /** Thresholds in percent that its spend has crossed, ascending. */
    readonly crossed: readonly number[];
  };
  /** Every budget in effect for the ledger, those of the whole computer too, in the order of the settings. */
  readonly budgets: readonly BudgetStatus[];
  /** How fast the ledger spends; null before the first call with a cost. */
  readonly burn: Burn | null;
  /** Only from the windows' engine; null until it has looked into all ledgers. */
  readonly machine?: MachineTotals | null;
  /** One for each destination of the setting `forward`; absent when there is none. */
  readonly forward?: readonly ForwardingState[];
}

/** State of the engine; event `engine`, sent first on every stream. */
export interface EngineState {
  readonly version: string;
  readonly pid: number;
  /** Base URL of the endpoint, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The port that was wanted and is held by a foreign program, or null. */
  readonly displaced_port: number | null;
  /** Things to tell the user, e.g. a ledger rebuilt from its journal. */
  readonly warnings: readonly string[];
  /** Those of the warnings that a user must be told at once: usage that can't be stored, a file that was set aside. */
  readonly alerts?: readonly string[];
  /** Why usage can't be stored at the moment; null while it can. One of the alerts. */
  readonly storage_problem?: string | null;
}

/** Body of `PUT /v1/windows/{id}`, admin token. */
export interface WindowRegistration {
  /** Null for a window without a folder: it is given the machine ledger. */
  readonly workspace: {
    /** Folder of the workspace's storage, absolute. */
    readonly storage: string;
    readonly name: string;
    readonly folders: readonly string[];
  } | null;
  /** Settings in effect, nested and without the prefix, as in a settings file. */
  readonly settings: unknown;
  /** Passwords and headers of destinations by their name, from the window's secret storage; kept in memory only. */
  readonly secrets?: { readonly forward?: Readonly<Record<string, string>> };
  /**
   * What the user and the workspace set of the budgets, apart and in the same form: the workspace can only tighten what the user set.
   * Left out: `settings` has all of it.
   */
  readonly levels?: { readonly user: unknown; readonly workspace: unknown };
  /** VS Code's own way to the internet, for the gateway; left out: as the last window told, else the environment's. */
  readonly network?: NetworkSettings;
}

/** VS Code's settings `http.*`, of the user. */
export interface NetworkSettings {
  /** `http.proxy`; empty: the environment's; null: none (`http.proxySupport` is off). May hold a password: never logged. */
  readonly proxy: string | null;
  /** `http.proxyStrictSSL`: certificates are verified. */
  readonly strictSSL: boolean;
  /** `http.noProxy` */
  readonly noProxy: readonly string[];
  /** `http.systemCertificates`: those of the system are trusted. */
  readonly systemCertificates: boolean;
}

/** Answer of `PUT /v1/windows/{id}`. */
export interface WindowAnswer {
  readonly url: string;
  /** Ingest token of the window's ledger. */
  readonly token: string;
  /** Folder that holds `usage.sqlite`. */
  readonly storage: string;
  /** Ingest token of the machine, for agents that are connected for all folders. */
  readonly machine_token: string;
}

/** Answer of `GET /v1/diagnostics`, ingest or admin token. */
export interface Diagnostics {
  readonly version: string;
  readonly node: string;
  readonly sqlite: string;
  readonly prices: string;
  readonly pid: number;
  readonly uptime_s: number;
  readonly memory_mb: number;
  readonly url: string;
  readonly storage: string;
  readonly database_bytes: number;
  readonly records: number;
  readonly settings: unknown;
  readonly recent: readonly RecordOutline[];
}

/** Body of `POST /v1/estimate`: one of `messages`, `text`, `input_tokens` and `request`. */
export interface EstimateQuestion {
  /** The setting `estimate.model` when left out. */
  readonly model?: string;
  /** Chat messages; content is a string, or parts of which those with a `text` count. */
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly text?: string;
  /** Tokens that somebody else has counted. */
  readonly input_tokens?: number;
  /** A provider's whole request body: system, tools and images count too, and it may name the model. */
  readonly request?: unknown;
  /** What past calls of the model had when left out; while they are few, the setting `estimate.expectedOutputTokens`. */
  readonly expected_output_tokens?: number;
  /** Past calls of this task type are asked first. */
  readonly task_type?: string;
}

/** Answer of `POST /v1/estimate`. Costs are USD, null when the model has no price. */
export interface EstimateAnswer {
  readonly input_tokens: number;
  /** False for a model without a public tokenizer, and where a part of the prompt (an image) can't be counted. */
  readonly exact: boolean;
  readonly output_tokens: number;
  readonly input_cost_usd: number | null;
  readonly output_cost_usd: number | null;
  readonly total_cost_usd: number | null;
  /** The total's range; both are the total when it is exact. */
  readonly low_usd: number | null;
  readonly high_usd: number | null;
  /** Input ÷ context window; null when the window is unknown. */
  readonly context_share: number | null;
  /** The model that the answer is for. */
  readonly model: string;
  /** Input read from the provider's cache as a whole; null where that is not cheaper. */
  readonly input_cost_from_cache_usd: number | null;
  /** Where `output_tokens` comes from. */
  readonly output_from: 'given' | 'document' | 'history' | 'setting';
  /** Past calls that it is the median of; 0 but for `history`. */
  readonly output_calls: number;
  /** Nine of ten of these calls had at most this. */
  readonly output_tokens_p90: number;
  /** Total ÷ what is left of today's budget; null without a budget, and when nothing is left. */
  readonly budget_share: number | null;
}

export interface Health {
  readonly status: 'ok';
  readonly version: string;
  /** ISO 8601 in UTC, or null before the first record. */
  readonly last_record: string | null;
}

/** A folder in which an agent keeps transcripts. */
export interface TranscriptFolder {
  readonly agent: string;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/** Answer of `GET /v1/import`; `changed_files` were not imported yet as they are now. */
export interface FoundTranscripts {
  readonly folders: readonly (TranscriptFolder & { readonly changed_files: number })[];
}

/** What an import did, also the line that the command line prints. */
export interface ImportSummary {
  /** Transcripts looked at. */
  readonly files: number;
  /** Calls read; each is `new` or one of the `duplicates`. */
  readonly records: number;
  readonly new: number;
  readonly duplicates: number;
  /** Damaged lines and entries, and files that could not be read. */
  readonly skipped: number;
}

/** A line of the answer of `POST /v1/import`: `found` first, `done` or `failed` last. */
export type ImportEvent =
  | { readonly type: 'found'; readonly folders: readonly TranscriptFolder[] }
  | ({
      readonly type: 'progress';
      readonly agent: string;
      readonly files_read: number;
      readonly files_to_read: number;
      readonly bytes_read: number;
      readonly bytes_to_read: number;
    } & ImportSummary)
  | ({ readonly type: 'done' } & ImportSummary)
  | { readonly type: 'failed'; readonly detail: string };

/** Body of `POST /v1/delete`: instants or dates of the ledger's zone with `to` exclusive, or a session. */
export type DeletionRequest = ({ readonly from: string; readonly to: string } | { readonly session_id: string }) & {
  /** Deletes nothing and answers what would go. */
  readonly dry_run?: boolean;
};

/** Answer of `POST /v1/delete`. */
export interface DeletionAnswer {
  readonly deleted: Figures;
}

/** Events of `GET /v1/events` by name. */
export interface ApiEvents {
  engine: EngineState;
  totals: Totals;
  record: RecordOutline;
  notice: Notice;
  threshold: ThresholdEvent;
}
