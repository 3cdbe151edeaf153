/** Estimates in the HTTP interface (docs/http-api.md), and what past calls tell so that one can be better and can be judged. Types only. */

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

/** Quantiles over a set of past figures: the half of them is at most `p50`. */
export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** Past sessions with two calls or more: what an agent's tasks took. */
export interface SessionHistory {
  readonly sessions: number;
  /** Calls of a session. */
  readonly turns: Quantiles;
  /** USD of a session; null while none is priced. */
  readonly cost_usd: Quantiles | null;
  /** Prompt tokens of a session's first call, cache included. */
  readonly first_prompt_tokens: Quantiles;
  /** Prompt tokens that a turn adds to the one before it. */
  readonly growth_tokens: Quantiles;
  /** Output tokens of a turn. */
  readonly output_tokens: Quantiles;
  /** Part of all prompt tokens that was read from a cache, 0 to 1. */
  readonly cache_read_share: number;
}

/** Answer of `GET /v1/history?model=&task_type=&agent=`: what past calls of the ledger were like. Tokens are counts. */
export interface HistoryAnswer {
  /** Calls that the output is predicted from; the newest of 90 days. */
  readonly calls: number;
  /** Null while there are fewer than `minimum_calls`. */
  readonly output_tokens: Quantiles | null;
  /** What these calls have in common: a task type with too few calls is left out. */
  readonly matched_by: readonly ('model' | 'task_type' | 'agent')[];
  readonly minimum_calls: number;
  /** Null while there are fewer than three. */
  readonly tasks: SessionHistory | null;
}

/** How far estimates were off. Errors are shares: 0.1 means that 10 % more was needed than estimated. */
export interface AccuracyFigures {
  /** Estimates that were kept. */
  readonly estimates: number;
  /** Those of them that were matched to a request. The errors are over these; null while there are none. */
  readonly matched: number;
  /** Median of (actual − estimated) ÷ estimated, of input tokens. */
  readonly input_error: number | null;
  /** 90th percentile of the same without its sign. */
  readonly input_error_p90: number | null;
  /** The same of the cost; null while no matched pair has a price. */
  readonly cost_error: number | null;
  readonly cost_error_p90: number | null;
  /** Part of the matched requests whose cost was between the estimate's low and high, 0 to 1. */
  readonly within_range: number | null;
}

export interface AccuracyGroup extends AccuracyFigures {
  /** The model estimated for, as it was written. */
  readonly model: string;
  /** `.prompt.md`, `AGENTS.md`, `selection`, `api` … */
  readonly file_type: string;
}

/** What own requests taught about the tokenizer of a family of models that has no public one. */
export interface LearnedFactorAnswer {
  /** `claude`, `claude-new`, `gemini` … */
  readonly family: string;
  /** Median of actual ÷ estimated tokens, before it was learned. */
  readonly ratio: number;
  /** Half the width of the range that held 80 % of them, as a share. */
  readonly spread: number;
  readonly observations: number;
}

/** Answer of `GET /v1/estimates`: estimates against actual requests, most estimates first. */
export interface EstimateAccuracy {
  readonly total: AccuracyFigures;
  readonly groups: readonly AccuracyGroup[];
  /** Families with enough requests to learn from. */
  readonly learned: readonly LearnedFactorAnswer[];
}

/** Body of `POST /v1/estimates`: an estimate that somebody asked for, kept to be held against the request. No text. */
export interface EstimateToKeep {
  /** Of the texts (`src/estimator/textHash.ts`); null where there is none. */
  readonly text_hash: string | null;
  readonly model: string;
  readonly file_type: string;
  /** As it was shown, with its range. */
  readonly input_tokens: number;
  readonly input_low_tokens: number;
  readonly input_high_tokens: number;
  /** Before anything learned: what the tables alone say. */
  readonly base_tokens: number;
  readonly exact: boolean;
  readonly output_tokens: number;
  /** USD; null without a price. */
  readonly cost_usd: number | null;
  readonly low_usd: number | null;
  readonly high_usd: number | null;
  readonly session_id?: string | null;
}
