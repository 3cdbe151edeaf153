import { makerOfModel } from '../core/prices/modelMaker.ts';
import { promptTokens, type TokenCounts, type UsageRecord } from '../core/usageRecord.ts';
import { mergeContexts, readContextFields, type UsageContext } from './context.ts';
import { type JsonObject, readCount, UsageError } from './json.ts';
import { buildRecord } from './record.ts';
import { checkReasoning, checkTokens, checkTotal, type Stated, splitCacheWrites, uncachedInput } from './tokens.ts';

/** The counts of a flat record; an object with one of them is meant as one. */
export const countFields = [
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'total_tokens',
] as const;
type CountField = (typeof countFields)[number];

/** Providers whose `input_tokens` leave out the cache (docs/http-api.md, "A flat record"). */
const excludesCache: ReadonlySet<string | null> = new Set(['anthropic', 'bedrock']);

/**
 * A flat record of `POST /v1/usage`. `prompt_tokens` and `completion_tokens` always include the cache; `input_tokens` leaves it out
 * where the provider, given or resolved from the model, is Anthropic or Bedrock. Two vocabularies at once must agree about the
 * whole prompt. Throws `UsageError` that names the field.
 */
export function parseFlatRecord(source: JsonObject, outer: UsageContext, receivedAt: number): UsageRecord {
  const context = mergeContexts(readContextFields(source), outer);
  if (!context.model) {
    throw new UsageError('model', 'model is required: the name of the model that was called.');
  }
  const provider = context.provider ?? makerOfModel(context.model);
  const counts = readCounts(source);
  const tokens = parseTokens(counts, excludesCache.has(provider), context.billedNanoUsd !== undefined);
  const facts = { id: null, provider, model: context.model, tokens, completeness: 'complete' as const };
  return buildRecord(facts, context, receivedAt, 'usage');
}

function readCounts(source: JsonObject): Counts {
  const counts: Partial<Record<CountField, number | null>> = {};
  for (const field of countFields) {
    counts[field] = readCount(source, field);
  }
  return counts as Counts;
}

const writeFields = ['cache_write_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens'] as const;

type Counts = Readonly<Record<CountField, number | null>>;

function parseTokens(counts: Counts, isCacheOutside: boolean, hasCost: boolean): TokenCounts {
  const stated = (field: CountField): Stated => ({ field, value: counts[field] });
  const writes = splitCacheWrites(
    stated('cache_write_tokens'),
    counts.cache_write_5m_tokens,
    counts.cache_write_1h_tokens,
  );
  const cacheRead = counts.cache_read_tokens ?? 0;
  const cacheWrite: Stated = {
    field: writeFields.find(field => counts[field] !== null) ?? writeFields[0],
    value: writes.cacheWrite5m + writes.cacheWrite1h + writes.cacheWrite,
  };
  const uncached = (prompt: Stated) => uncachedInput(prompt, stated('cache_read_tokens'), cacheWrite);
  const fromPrompt = uncached(stated('prompt_tokens'));
  const fromInput = isCacheOutside ? counts.input_tokens : uncached(stated('input_tokens'));
  agree(fromPrompt, fromInput, 'input_tokens', 'prompt_tokens');
  agree(counts.completion_tokens, counts.output_tokens, 'output_tokens', 'completion_tokens');
  const tokens: TokenCounts = {
    input: fromPrompt ?? fromInput,
    cacheRead,
    ...writes,
    output: counts.completion_tokens ?? counts.output_tokens,
    reasoning: counts.reasoning_tokens,
  };
  const outputField = counts.completion_tokens === null ? 'output_tokens' : 'completion_tokens';
  checkReasoning(stated('reasoning_tokens'), { field: outputField, value: tokens.output });
  checkTotal(stated('total_tokens'), tokens);
  if (hasCost && promptTokens(tokens) === null && tokens.output === null) {
    return tokens;
  }
  return checkTokens(tokens, 'There is no usage: give prompt_tokens and completion_tokens, or cost_usd.');
}

function agree(first: number | null, second: number | null, field: string, other: string): void {
  if (first !== null && second !== null && first !== second) {
    throw new UsageError(field, `${field} and ${other} are both given and do not agree.`);
  }
}
