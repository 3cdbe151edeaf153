import { cacheWriteTokens, promptTokens, type TokenCounts } from '../core/usageRecord.ts';
import { UsageError } from './json.ts';

/** A number and the field it was read from, for the error that names it. */
export interface Stated {
  readonly value: number | null;
  readonly field: string;
}

/** Cache writes in their three buckets. */
export type CacheWrites = Pick<TokenCounts, 'cacheWrite5m' | 'cacheWrite1h' | 'cacheWrite'>;

/**
 * Splits cache writes by time to live; what no bucket claims has an unknown one. Throws `UsageError` when the buckets hold more
 * than was written.
 */
export function splitCacheWrites(total: Stated, fiveMinutes: number | null, oneHour: number | null): CacheWrites {
  const cacheWrite5m = fiveMinutes ?? 0;
  const cacheWrite1h = oneHour ?? 0;
  const claimed = cacheWrite5m + cacheWrite1h;
  if (total.value !== null && claimed > total.value) {
    throw new UsageError(
      total.field,
      `${total.field} is ${total.value}, but its 5-minute and 1-hour parts add up to ${claimed}.`,
    );
  }
  return { cacheWrite5m, cacheWrite1h, cacheWrite: total.value === null ? 0 : total.value - claimed };
}

/**
 * The uncached part of a prompt that includes the cache; null when the prompt is unknown. Throws `UsageError` when the cache is
 * larger than the prompt (docs/architecture.md, "Contradictions").
 */
export function uncachedInput(prompt: Stated, cacheRead: Stated, cacheWrite: Stated): number | null {
  if (prompt.value === null) {
    return null;
  }
  const read = cacheRead.value ?? 0;
  const write = cacheWrite.value ?? 0;
  const culprit = read > prompt.value ? cacheRead : cacheWrite;
  if (read + write > prompt.value) {
    throw new UsageError(
      culprit.field,
      `${culprit.field} is too large: ${prompt.field} is ${prompt.value} with the cache, but ${read} were read and ${write} written.`,
    );
  }
  return prompt.value - read - write;
}

/** Throws `UsageError` when a call reasoned more than it put out. */
export function checkReasoning(reasoning: Stated, output: Stated): void {
  if (reasoning.value !== null && output.value !== null && reasoning.value > output.value) {
    throw new UsageError(
      reasoning.field,
      `${reasoning.field} is ${reasoning.value}, more than ${output.field}, which is ${output.value} and includes it.`,
    );
  }
}

/**
 * Throws `UsageError` when a stated total is neither the whole prompt plus output nor the uncached input plus output. While one
 * side is unknown, the total must be at least the other.
 */
export function checkTotal(total: Stated, tokens: TokenCounts): void {
  if (total.value === null) {
    return;
  }
  const prompt = promptTokens(tokens);
  const fits =
    prompt === null || tokens.output === null
      ? total.value >= (tokens.input ?? tokens.output ?? 0)
      : total.value === prompt + tokens.output || total.value === (tokens.input ?? 0) + tokens.output;
  if (!fits) {
    throw new UsageError(
      total.field,
      `${total.field} is ${total.value}, which fits neither input plus output with the cache nor without it.`,
    );
  }
}

/** The counts as they are, once it is sure that they say something and can be added up exactly. Throws `UsageError` otherwise. */
export function checkTokens(tokens: TokenCounts, error = 'There is no usage in the response.'): TokenCounts {
  const sum = (tokens.input ?? 0) + tokens.cacheRead + cacheWriteTokens(tokens) + (tokens.output ?? 0);
  if (!Number.isSafeInteger(sum)) {
    throw new UsageError(null, 'The token counts are too large to add up.');
  }
  if (tokens.input === null && tokens.output === null && sum === 0) {
    throw new UsageError(null, error);
  }
  return tokens;
}
