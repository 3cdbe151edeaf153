import type { TokenCounts } from '../../core/usageRecord.ts';
import { readUsd } from '../context.ts';
import { type JsonObject, readCount, readObject, UsageError } from '../json.ts';
import { checkReasoning, checkTokens, checkTotal, type Stated, uncachedInput } from '../tokens.ts';

/** The names under which a shape keeps its counts. */
export interface UsageNames {
  readonly prompt: string;
  readonly output: string;
  /** Objects that hold details of the prompt, under every name servers use for it. */
  readonly promptDetails: readonly string[];
  readonly outputDetails: readonly string[];
}

/** Where cached tokens are told besides the details: Mistral, DeepSeek, Moonshot, LiteLLM (wire formats, B6, B7). */
const cacheReadFields = ['num_cached_tokens', 'prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens'];

/**
 * Token counts of a `usage` object in OpenAI's manner: the prompt includes cache reads and writes, the output includes reasoning.
 * Where the total proves that reasoning is not in the output (xAI: total = prompt + completion + reasoning), it is added; xAI
 * without a total is read that way too. For xAI a cache larger than the prompt means that the prompt leaves it out (B8).
 * Throws `UsageError` that names the field.
 */
export function parseOpenAiTokens(usage: JsonObject, names: UsageNames, xai: 'chat' | 'responses' | null): TokenCounts {
  const path = 'usage.';
  const prompt = readCount(usage, names.prompt, path);
  const total: Stated = { field: `${path}total_tokens`, value: readCount(usage, 'total_tokens', path) };
  const cacheRead = firstStated(usage, names.promptDetails, ['cached_tokens'], cacheReadFields);
  const cacheWrite = firstStated(usage, names.promptDetails, ['cache_write_tokens'], ['cache_creation_input_tokens']);
  const reasoning = firstStated(usage, names.outputDetails, ['reasoning_tokens'], []);
  checkCacheMiss(usage, prompt, cacheRead.value);

  const isCacheOutside = xai !== null && prompt !== null && (cacheRead.value ?? 0) > prompt;
  const input = isCacheOutside
    ? prompt
    : uncachedInput({ field: path + names.prompt, value: prompt }, cacheRead, cacheWrite);
  const output = wholeOutput(
    readCount(usage, names.output, path),
    prompt,
    reasoning.value,
    total.value,
    xai === 'chat',
  );
  checkReasoning(reasoning, { field: path + names.output, value: output });
  const tokens: TokenCounts = {
    input,
    cacheRead: cacheRead.value ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: cacheWrite.value ?? 0,
    output,
    reasoning: reasoning.value,
  };
  // Only xAI's guard knows a prompt without its cache; everywhere else the total includes it.
  checkTotal(total, isCacheOutside ? tokens : { ...tokens, input: prompt, cacheRead: 0, cacheWrite: 0 });
  return checkTokens(tokens);
}

/**
 * The provider's own amount in nano-USD, or null. OpenRouter's `cost`, with what the upstream bills when the key is the user's own
 * (unknown while it does not say how much); xAI's ticks of 1e-10 USD (B5, B8).
 */
export function readBilled(usage: JsonObject): number | null {
  if (typeof usage.cost === 'number') {
    const cost = readUsd(usage, 'cost', 'usage.') ?? 0;
    if (usage.is_byok !== true) {
      return cost;
    }
    const details = readObject(usage, 'cost_details', 'usage.');
    const upstream = readUsd(details, 'upstream_inference_cost', 'usage.cost_details.');
    return upstream === null ? null : cost + upstream;
  }
  const ticks = readCount(usage, 'cost_in_usd_ticks', 'usage.', Number.MAX_SAFE_INTEGER);
  return ticks === null ? null : Math.floor((ticks + 5) / 10);
}

function wholeOutput(
  output: number | null,
  prompt: number | null,
  reasoning: number | null,
  total: number | null,
  isXaiChat: boolean,
): number | null {
  if (output === null) {
    // Embeddings have no output field; the total proves that there was none.
    return total !== null && total === prompt ? 0 : null;
  }
  const apart = reasoning ?? 0;
  if (apart === 0 || prompt === null || total === null) {
    return isXaiChat && total === null ? output + apart : output;
  }
  return total === prompt + output + apart ? output + apart : output;
}

/** The one value of a count that servers tell under several names. Throws `UsageError` when two of them differ. */
function firstStated(
  usage: JsonObject,
  detailNames: readonly string[],
  inDetails: readonly string[],
  inUsage: readonly string[],
): Stated {
  const found: Stated[] = [];
  for (const name of detailNames) {
    const details = readObject(usage, name, 'usage.');
    const path = `usage.${name}.`;
    found.push(...inDetails.map(field => ({ field: path + field, value: readCount(details, field, path) })));
  }
  found.push(...inUsage.map(field => ({ field: `usage.${field}`, value: readCount(usage, field, 'usage.') })));
  const [first, ...others] = found.filter(stated => stated.value !== null);
  const differing = others.find(stated => stated.value !== first?.value);
  if (first && differing) {
    throw new UsageError(
      differing.field,
      `${differing.field} is ${differing.value}, but ${first.field} is ${first.value}.`,
    );
  }
  return first ?? { field: `usage.${detailNames[0]}.${inDetails[0]}`, value: null };
}

/** DeepSeek: prompt = hit + miss (B6). */
function checkCacheMiss(usage: JsonObject, prompt: number | null, hit: number | null): void {
  const miss = readCount(usage, 'prompt_cache_miss_tokens', 'usage.');
  if (miss !== null && prompt !== null && miss + (hit ?? 0) !== prompt) {
    const field = 'usage.prompt_cache_miss_tokens';
    throw new UsageError(field, `${field} is ${miss}; with the cache hits it is not the prompt of ${prompt} tokens.`);
  }
}
