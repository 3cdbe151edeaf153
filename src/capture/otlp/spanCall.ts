import type { Provider } from '../../core/provider.ts';
import { reportIdMark } from '../../core/usageRecord.ts';
import { type Counts, hasCounts, type InputMeaning, toTokens } from './buckets.ts';
import type { OtlpSpan } from './payload.ts';
import { type OwnNames, type Reading, readWho } from './reading.ts';

/** What a span of an inference says of its call. */
export interface SpanCall {
  readonly counts: Counts;
  readonly meaning: InputMeaning;
  readonly provider: Provider | null;
  readonly model: string | undefined;
  /** The response's id. */
  readonly id: string | undefined;
  readonly names?: OwnNames;
  readonly serviceTier?: string | undefined;
  /** The provider's own amount, nano-USD. */
  readonly billedNanoUsd?: number | null;
  /** The sender's own idea of the cost, nano-USD. */
  readonly agentCostNanoUsd?: number | null;
}

/**
 * The call that a span is about: made when it ended, for as long as it took. A span keeps its own id beside the response's, so
 * that one delivered twice is one call. Null without any count (a failed call, a stream whose usage nobody asked for).
 */
export function readSpanCall(span: OtlpSpan, call: SpanCall): Reading | null {
  if (!hasCounts(call.counts)) {
    return null;
  }
  const { start, end } = span;
  return {
    facts: {
      id: call.id ?? null,
      provider: call.provider,
      model: call.model ?? null,
      tokens: toTokens(call.counts, call.meaning),
      completeness: 'complete',
      latencyMs: start !== null && end !== null && end >= start ? end - start : null,
      serviceTier: call.serviceTier ?? null,
      billedNanoUsd: call.billedNanoUsd ?? null,
      agentCostNanoUsd: call.agentCostNanoUsd ?? null,
    },
    context: {
      ...readWho(span, call.names),
      timestamp: end ?? start ?? undefined,
      idempotencyKey: span.id === null ? undefined : `${reportIdMark}span/${span.id}`,
    },
  };
}
