import type { Client } from '../../api/client.ts';
import type { Group } from '../../api/contract.ts';
import type { HistoryAnswer } from '../../api/estimateContract.ts';
import type { PromptHistory } from '../../estimator/estimatePrompt.ts';
import type { LearnedFactor } from '../../estimator/familyFactors.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';

/** What was asked so long ago is asked again. ms. */
const freshMs = 30_000;
/** An estimate does not wait longer for it. ms. */
const longestMs = 2000;
const mostKept = 100;

interface Kept<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

/** What the ledger knows that helps an estimate. Without an engine, or one that answers soon, it knows nothing. */
export class EngineHistory {
  readonly #connection: EngineConnection;
  readonly #asked = new Map<string, Kept<PromptHistory>>();
  #learned: Kept<readonly LearnedFactor[]> | null = null;
  #month: Kept<readonly Group[]> | null = null;

  constructor(connection: EngineConnection) {
    this.#connection = connection;
  }

  /** Past calls of a model, and of a task type where one is given. */
  readHistory = (model: string, taskType: string | null): Promise<PromptHistory> => {
    const key = JSON.stringify([model, taskType]);
    const question = { model, ...(taskType === null ? {} : { task_type: taskType }) };
    const known = this.#asked.get(key);
    if (known && Date.now() - known.at < freshMs) {
      return known.value;
    }
    if (this.#asked.size >= mostKept) {
      this.#asked.clear();
    }
    const value = this.#ask(client => client.history(question, AbortSignal.timeout(longestMs)))
      .then(answer => (answer ? toPromptHistory(answer, taskType) : nothing))
      .catch(() => nothing);
    this.#asked.set(key, { at: Date.now(), value });
    return value;
  };

  /** What own requests taught about models without a public tokenizer. */
  readLearned(): Promise<readonly LearnedFactor[]> {
    if (!this.#learned || Date.now() - this.#learned.at >= freshMs) {
      const value = this.#ask(client => client.estimates(AbortSignal.timeout(longestMs)))
        .then(answer => answer?.learned ?? [])
        .catch(() => []);
      this.#learned = { at: Date.now(), value: value as Promise<readonly LearnedFactor[]> };
    }
    return this.#learned.value;
  }

  /** Calls of 30 days by agent and model. */
  readMonth(): Promise<readonly Group[]> {
    if (!this.#month || Date.now() - this.#month.at >= freshMs) {
      const value = this.#ask(client =>
        client.summary({ period: '30d' }, ['agent', 'model'], { signal: AbortSignal.timeout(longestMs) }),
      )
        .then(answer => answer?.groups ?? [])
        .catch(() => []);
      this.#month = { at: Date.now(), value };
    }
    return this.#month.value;
  }

  /** USD that are left of today's budget; null without a budget, and while the engine is away. */
  get remainingUsd(): number | null {
    const { state } = this.#connection;
    return state.kind === 'running' ? state.totals.budget.remaining_usd : null;
  }

  /** Asks anew next time. */
  forget(): void {
    this.#asked.clear();
    this.#learned = null;
    this.#month = null;
  }

  async #ask<T>(ask: (client: Client) => Promise<T>): Promise<T | null> {
    const client = this.#connection.ledger;
    return client ? ask(client) : null;
  }
}

const nothing: PromptHistory = { output: null, tasks: null };

function toPromptHistory(
  { calls, matched_by, output_tokens, tasks }: HistoryAnswer,
  asked: string | null,
): PromptHistory {
  // While too few have the task type, the engine answers for all of the model.
  const taskType = matched_by.includes('task_type') ? asked : null;
  return {
    output: output_tokens && { calls, taskType, ...output_tokens },
    tasks: tasks && {
      sessions: tasks.sessions,
      turns: tasks.turns,
      costUsd: tasks.cost_usd,
      firstPromptTokens: tasks.first_prompt_tokens,
      growthTokens: tasks.growth_tokens,
      outputTokens: tasks.output_tokens,
      cacheReadShare: tasks.cache_read_share,
    },
  };
}
