import type {
  EstimateAccuracy,
  EstimateAnswer,
  EstimateQuestion,
  EstimateToKeep,
  HistoryAnswer,
} from './estimateContract.ts';
import { parseAccuracy, parseEstimateAnswer, parseHistory } from './parseEstimates.ts';
import { ignore, type Transport } from './transport.ts';

/** What past calls have to have in common. */
interface HistoryQuery {
  readonly model?: string;
  readonly task_type?: string;
  readonly agent?: string;
}

/** Estimates and what they learn from. Each throws as `Client` says. */
export interface EstimateCalls {
  estimate(question: EstimateQuestion, signal?: AbortSignal): Promise<EstimateAnswer>;
  /** What past calls were like: of a model, a task type, an agent. */
  history(query: HistoryQuery, signal?: AbortSignal): Promise<HistoryAnswer>;
  /** How far estimates were off, and what was learned from it. */
  estimates(signal?: AbortSignal): Promise<EstimateAccuracy>;
  /** Keeps an estimate, to be held against the request that it was made for. */
  keepEstimate(estimate: EstimateToKeep, signal?: AbortSignal): Promise<void>;
  /** Forgets all estimates that were kept, and what was learned from them. */
  forgetEstimates(signal?: AbortSignal): Promise<void>;
}

export function createEstimateCalls({ call }: Transport): EstimateCalls {
  return {
    estimate: (body, signal) => call('/v1/estimate', { method: 'POST', body, signal }, parseEstimateAnswer),
    history: (query, signal) => call(`/v1/history?${new URLSearchParams({ ...query })}`, { signal }, parseHistory),
    estimates: signal => call('/v1/estimates', { signal }, parseAccuracy),
    keepEstimate: (body, signal) => call('/v1/estimates', { method: 'POST', body, signal }, ignore),
    forgetEstimates: signal => call('/v1/estimates', { method: 'DELETE', signal }, ignore),
  };
}
