import { asObject, type JsonObject } from '../json.ts';
import type { Stated } from '../tokens.ts';
import { type Attributes, parseCount, readCount, readName } from './attributes.ts';
import type { Counts, InputMeaning } from './buckets.ts';
import type { OtlpSpan } from './payload.ts';
import { type Reading, readProvider } from './reading.ts';
import { readSpanCall } from './spanCall.ts';

/** The longest provider metadata that is looked into, in characters. */
const longestMetadata = 100_000;

/** Whom and what an application names in `experimental_telemetry` (OpenCode has its session there). */
const names = {
  session: ['ai.telemetry.metadata.sessionId', 'ai.telemetry.metadata.session_id'],
  user: ['ai.telemetry.metadata.userId', 'ai.telemetry.metadata.user_id'],
  taskType: ['ai.telemetry.metadata.taskType', 'ai.telemetry.functionId'],
};

/**
 * The spans of one call of AI SDK 4 to 6 and 7's `LegacyOpenTelemetry`: `ai.generateText.doGenerate`, `ai.streamText.doStream` and
 * their like (wire formats, A9). The spans around them have the sum.
 */
export function readVercelSpan(span: OtlpSpan): Reading | null {
  const { attributes } = span;
  const operation = readName(attributes, 'ai.operationId') ?? span.name;
  if (!/^ai\.\w+\.do(Generate|Stream|Embed)\b/.test(operation)) {
    return null;
  }
  const counts = readCounts(attributes);
  return readSpanCall(span, {
    ...(/\.doEmbed\b/.test(operation) ? readEmbedding(attributes) : counts),
    provider: readProvider(attributes, 'ai.model.provider', 'gen_ai.system'),
    model: readName(attributes, 'ai.response.model', 'gen_ai.response.model', 'ai.model.id', 'gen_ai.request.model'),
    id: readName(attributes, 'ai.response.id', 'gen_ai.response.id'),
    names,
  });
}

function readEmbedding(attributes: Attributes): { counts: Counts; meaning: InputMeaning } {
  const input = readCount(attributes, ['ai.usage.tokens', 'ai.usage.inputTokens']);
  const output: Stated = { field: 'ai.usage.outputTokens', value: input.value === null ? null : 0 };
  return { counts: { input, output }, meaning: 'with cache' };
}

/**
 * Input has the cache in it from version 6 on, which says the uncached part too. Before, it was what the provider called input:
 * without the cache at Anthropic and Bedrock, whose writes are told in the provider's metadata only.
 */
function readCounts(attributes: Attributes): { counts: Counts; meaning: InputMeaning } {
  const count = (...keys: string[]) =>
    readCount(
      attributes,
      keys.map(key => `ai.usage.${key}`),
    );
  const output = count('outputTokens', 'completionTokens');
  const reasoning = count('outputTokenDetails.reasoningTokens', 'reasoningTokens');
  const cacheRead = count('inputTokenDetails.cacheReadTokens', 'cachedInputTokens');
  const cacheWrite = count('inputTokenDetails.cacheWriteTokens');
  const uncached = count('inputTokenDetails.noCacheTokens');
  if (uncached.value !== null) {
    return { counts: { input: uncached, output, reasoning, cacheRead, cacheWrite }, meaning: 'without cache' };
  }
  const input = count('inputTokens', 'promptTokens');
  const seller = /^(?:anthropic|amazon-bedrock|bedrock)/.exec(
    readName(attributes, 'ai.model.provider', 'gen_ai.system') ?? '',
  );
  if (!seller) {
    return { counts: { input, output, reasoning, cacheRead, cacheWrite }, meaning: 'with cache' };
  }
  const told = readMetadata(attributes);
  return {
    counts: {
      input: first(told.input, input),
      output,
      reasoning,
      cacheRead: first(cacheRead, told.cacheRead),
      cacheWrite: first(cacheWrite, told.cacheWrite),
    },
    meaning: 'without cache',
  };
}

/**
 * The provider's own counts in `ai.response.providerMetadata` ([TYPE] `@ai-sdk/anthropic` 2.0.112: `anthropic.usage` is the
 * response's, `anthropic.cacheCreationInputTokens` beside it; `@ai-sdk/amazon-bedrock` 3.0.137: `bedrock.usage.cacheWriteInputTokens`).
 */
function readMetadata(attributes: Attributes): Record<'input' | 'cacheRead' | 'cacheWrite', Stated> {
  const metadata = parseObject(attributes.get('ai.response.providerMetadata'));
  const anthropic = asObject(metadata.anthropic) ?? {};
  const usage = asObject(anthropic.usage) ?? {};
  const bedrock = asObject(asObject(metadata.bedrock)?.usage) ?? {};
  const stated = (...values: unknown[]): Stated => {
    const field = 'ai.response.providerMetadata';
    const value = values.find(candidate => candidate !== undefined && candidate !== null);
    return { field, value: value === undefined ? null : parseCount(value, field) };
  };
  return {
    input: stated(usage.input_tokens),
    cacheRead: stated(usage.cache_read_input_tokens, anthropic.cacheReadInputTokens, bedrock.cacheReadInputTokens),
    cacheWrite: stated(
      usage.cache_creation_input_tokens,
      anthropic.cacheCreationInputTokens,
      bedrock.cacheWriteInputTokens,
    ),
  };
}

function parseObject(text: unknown): JsonObject {
  try {
    return typeof text === 'string' && text.length <= longestMetadata ? (asObject(JSON.parse(text)) ?? {}) : {};
  } catch {
    return {};
  }
}

function first(a: Stated, b: Stated): Stated {
  return a.value === null ? b : a;
}
