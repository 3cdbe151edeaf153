import type { TokenCounts } from '../../core/usageRecord.ts';
import { checkReasoning, checkTokens, type Stated, splitCacheWrites, uncachedInput } from '../tokens.ts';

/** The counts of a call in an emitter's own words. */
export interface Counts {
  readonly input: Stated;
  readonly output: Stated;
  readonly cacheRead?: Stated;
  /** All cache writes, whatever their time to live. */
  readonly cacheWrite?: Stated;
  readonly cacheWrite5m?: Stated;
  readonly cacheWrite1h?: Stated;
  readonly reasoning?: Stated;
  /** What the emitter says that all of it adds up to. */
  readonly total?: Stated;
}

/**
 * Whether an emitter's input count has the cache in it. `unknown` is for emitters nobody knows: with, as OpenTelemetry's
 * conventions ask for, unless more was cached than the input has, which proves the opposite.
 */
export type InputMeaning = 'with cache' | 'without cache' | 'unknown';

const unsaid: Stated = { value: null, field: '' };

/** Whether any of the counts is there: what has none is no usage. */
export function hasCounts(counts: Counts): boolean {
  return Object.values(counts).some(({ value }: Stated) => value !== null);
}

/** The counts in disjoint buckets. Throws `UsageError` where they contradict each other. */
export function toTokens(counts: Counts, meaning: InputMeaning): TokenCounts {
  const { input, cacheRead = unsaid, cacheWrite = unsaid, reasoning = unsaid } = counts;
  const { cacheWrite5m = unsaid, cacheWrite1h = unsaid } = counts;
  const cached = (cacheRead.value ?? 0) + (cacheWrite.value ?? 0);
  const isWithout = meaning === 'without cache' || (meaning === 'unknown' && cached > (input.value ?? 0));
  const output = wholeOutput(counts, meaning);
  checkReasoning(reasoning, output);
  return checkTokens({
    input: isWithout ? input.value : uncachedInput(input, cacheRead, cacheWrite),
    cacheRead: cacheRead.value ?? 0,
    ...splitCacheWrites(cacheWrite, cacheWrite5m.value, cacheWrite1h.value),
    output: output.value,
    reasoning: reasoning.value,
  });
}

/** Of an unknown emitter, output and reasoning are two things only where its own total proves it. */
function wholeOutput({ input, output, reasoning = unsaid, total = unsaid }: Counts, meaning: InputMeaning): Stated {
  const apart = (output.value ?? 0) + (reasoning.value ?? 0);
  const isProven = (reasoning.value ?? 0) > 0 && total.value === (input.value ?? 0) + apart;
  return meaning === 'unknown' && isProven ? { ...output, value: apart } : output;
}
