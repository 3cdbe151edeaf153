import type { TokenCounts } from '../../core/usageRecord.ts';
import { type JsonObject, readCount } from '../json.ts';
import { checkReasoning, checkTokens, uncachedInput } from '../tokens.ts';

/** Codex' five counts: input (cache included), cached, written to the cache, output, reasoning (within output). */
export type CodexCounts = readonly [input: number, cached: number, written: number, output: number, reasoning: number];

const fields = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'output_tokens',
  'reasoning_output_tokens',
] as const;

/** The counts of a usage object; what it leaves out is 0. Throws `UsageError`. */
export function readCounts(usage: JsonObject, path: string): CodexCounts {
  const [input = 0, cached = 0, written = 0, output = 0, reasoning = 0] = fields.map(
    field => readCount(usage, field, path) ?? 0,
  );
  return [input, cached, written, output, reasoning];
}

/** What was added between two running totals; the later one where the thread began anew. */
export function subtractCounts(later: CodexCounts, earlier: CodexCounts | null): CodexCounts {
  if (earlier === null || later.some((count, index) => count < (earlier[index] ?? 0))) {
    return later;
  }
  return later.map((count, index) => count - (earlier[index] ?? 0)) as unknown as CodexCounts;
}

export function isEqualCounts(a: CodexCounts | null, b: CodexCounts): boolean {
  return a?.join() === b.join();
}

/** In disjoint buckets: cached and written tokens are inside the input (wire formats, D2). Throws `UsageError`. */
export function toTokens([input, cached, written, output, reasoning]: CodexCounts, path: string): TokenCounts {
  const stated = (field: number, value: number) => ({ field: path + fields[field], value });
  checkReasoning(stated(4, reasoning), stated(3, output));
  return checkTokens({
    input: uncachedInput(stated(0, input), stated(1, cached), stated(2, written)),
    cacheRead: cached,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: written,
    output,
    reasoning,
  });
}
