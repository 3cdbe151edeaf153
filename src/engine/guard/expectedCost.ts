import { computeCost } from '../../core/prices/pricing.ts';
import type { Provider } from '../../core/provider.ts';
import { emptyRecord } from '../../core/usageRecord.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

export interface ExpectedCall {
  readonly provider: Provider | null;
  readonly model: string | null;
  readonly inputTokens: number;
  /** Null: the median of the model's latest calls, 500 without any. */
  readonly outputTokens: number | null;
}

/** Output tokens of a model nobody has called yet. */
const unknownOutput = 500;
/** Bytes of a request's body that make a token. */
export const bytesPerToken = 4;

/** What a call is expected to cost, nano-USD; null when its model has no price. */
export function computeExpectedCost(live: LiveLedger, call: ExpectedCall): number | null {
  const { provider, model, inputTokens } = call;
  if (model === null) {
    return null;
  }
  const output = call.outputTokens ?? live.spend.medianOutput(model) ?? unknownOutput;
  const tokens = { ...emptyRecord.tokens, input: inputTokens, output };
  return computeCost({ ...emptyRecord, provider, model, tokens, timestamp: Date.now() }, live.book).nanoUsd;
}
