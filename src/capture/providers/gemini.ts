import type { Completeness, TokenCounts, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, type JsonObject, readCount, readObject, readText, UsageError } from '../json.ts';
import { buildRecord } from '../record.ts';
import { checkTokens, type Stated, uncachedInput } from '../tokens.ts';
import { type Accumulator, copyFields } from './accumulator.ts';

/** The counts under the names of `generateContent`. */
const generateNames = {
  path: 'usageMetadata',
  prompt: 'promptTokenCount',
  cached: 'cachedContentTokenCount',
  output: 'candidatesTokenCount',
  thoughts: 'thoughtsTokenCount',
  toolUse: 'toolUsePromptTokenCount',
  total: 'totalTokenCount',
};

/** The same under the names of the Interactions API. */
const interactionNames = {
  path: 'usage',
  prompt: 'total_input_tokens',
  cached: 'total_cached_tokens',
  output: 'total_output_tokens',
  thoughts: 'total_thought_tokens',
  toolUse: 'total_tool_use_tokens',
  total: 'total_tokens',
};

/** How Vertex names the traffic that has a rate of its own. */
const trafficTiers: Readonly<Record<string, string>> = {
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
  TRAFFIC_TYPE_UNSPECIFIED: 'standard',
};

/**
 * A Gemini response of `generateContent` or of the Interactions API (wire formats, B4): the prompt includes the cache, results of
 * tools are further input, thoughts are further output. Throws `UsageError` when it has no usage or contradicts itself.
 */
export function parseGemini(
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness = 'complete',
): UsageRecord[] {
  const names = asObject(response.usageMetadata) ? generateNames : interactionNames;
  const usage = readObject(response, names.path);
  const traffic = readText(usage, 'trafficType', 'usageMetadata.');
  const facts = {
    id: readText(response, 'responseId') ?? readText(response, 'id'),
    provider: context.provider ?? 'google',
    model: readText(response, 'modelVersion') ?? readText(response, 'model'),
    created: response.createTime ?? response.created,
    tokens: parseTokens(usage, names),
    completeness,
    serviceTier: traffic === null ? readText(usage, 'serviceTier') : (trafficTiers[traffic] ?? traffic),
  };
  return [buildRecord(facts, context, receivedAt, context.signal ?? 'response')];
}

function parseTokens(usage: JsonObject, names: typeof generateNames): TokenCounts {
  const stated = (key: keyof typeof names): Stated => {
    const field = names[key];
    return { field: `${names.path}.${field}`, value: readCount(usage, field, `${names.path}.`) };
  };
  const [cached, total] = [stated('cached'), stated('total')];
  const uncached = uncachedInput(stated('prompt'), cached, { field: '', value: null });
  const toolUse = stated('toolUse').value ?? 0;
  const thoughts = stated('thoughts').value;
  const candidates = stated('output').value;
  const input = uncached === null ? null : uncached + toolUse;
  const known = (uncached ?? 0) + (cached.value ?? 0) + toolUse + (candidates ?? 0) + (thoughts ?? 0);
  const isWhole = uncached !== null && candidates !== null;
  if (total.value !== null && (isWhole ? total.value !== known : total.value < known)) {
    throw new UsageError(total.field, `${total.field} is ${total.value}, but its parts add up to ${known}.`);
  }
  // No candidates are left out instead of being told as 0; the total proves that nothing is missing.
  const isOutputKnown = candidates !== null || (uncached !== null && total.value === known);
  return checkTokens({
    input,
    cacheRead: cached.value ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: 0,
    output: isOutputKnown ? (candidates ?? 0) + (thoughts ?? 0) : null,
    reasoning: thoughts,
  });
}

/** A streamed call: the counts grow from chunk to chunk, so the last ones count. */
export function createGeminiStream(): Accumulator {
  const response: Record<string, unknown> = {};
  let isFinished = false;
  return {
    push(event) {
      const source = asObject(event.interaction) ?? event;
      const fields = ['responseId', 'id', 'modelVersion', 'model', 'createTime', 'created', 'usageMetadata', 'usage'];
      copyFields(response, source, fields);
      const candidates = Array.isArray(event.candidates) ? event.candidates : [];
      isFinished ||=
        source !== event ||
        candidates.some(candidate => asObject(candidate)?.finishReason) ||
        Boolean(asObject(event.promptFeedback)?.blockReason);
    },
    finish: () => ({ response, completeness: isFinished ? 'complete' : 'lower_bound' }),
    get isClosed() {
      return isFinished;
    },
  };
}
