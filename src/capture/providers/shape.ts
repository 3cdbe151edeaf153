import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, type JsonObject } from '../json.ts';
import type { Accumulator } from './accumulator.ts';
import { createAnthropicStream, parseAnthropic } from './anthropic.ts';
import { createBedrockStream, parseBedrock } from './bedrock.ts';
import { createGeminiStream, parseGemini } from './gemini.ts';
import { createOllamaStream, parseOllama } from './ollama.ts';
import { createOpenAiChatStream, parseOpenAiChat } from './openaiChat.ts';
import { createOpenAiResponsesStream, parseOpenAiResponses } from './openaiResponses.ts';

/** The languages providers answer in; each is spoken by others than its inventor too. */
export type Shape = 'anthropic' | 'openai-chat' | 'openai-responses' | 'gemini' | 'bedrock' | 'ollama';

interface Language {
  /** One response → its records. Throws `UsageError`. */
  readonly parse: (
    response: JsonObject,
    context: UsageContext,
    receivedAt: number,
    completeness?: Completeness,
  ) => UsageRecord[];
  readonly createStream: () => Accumulator;
}

export const languages: Readonly<Record<Shape, Language>> = {
  anthropic: { parse: parseAnthropic, createStream: createAnthropicStream },
  'openai-chat': { parse: parseOpenAiChat, createStream: createOpenAiChatStream },
  'openai-responses': { parse: parseOpenAiResponses, createStream: createOpenAiResponsesStream },
  gemini: { parse: parseGemini, createStream: createGeminiStream },
  bedrock: { parse: parseBedrock, createStream: createBedrockStream },
  ollama: { parse: parseOllama, createStream: createOllamaStream },
};

const anthropicEvents = /^(message_(start|delta|stop)|content_block_(start|delta|stop)|ping)$/;
const bedrockEvents = ['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop'];

/** The language of an object that is one piece of a stream, or null when it is a response of its own or no response. */
export function shapeOfChunk(object: JsonObject): Shape | null {
  const type = typeof object.type === 'string' ? object.type : '';
  if (anthropicEvents.test(type)) {
    return 'anthropic';
  }
  if (type.startsWith('response.')) {
    return 'openai-responses';
  }
  const choices = object.choices;
  if (object.object === 'chat.completion.chunk' || (Array.isArray(choices) && choices.every(isDelta))) {
    return 'openai-chat';
  }
  if (isGenerateContent(object) || object.interaction !== undefined) {
    return 'gemini';
  }
  if (isOllama(object)) {
    return 'ollama';
  }
  const isBedrock = asObject(asObject(object.metadata)?.usage)?.inputTokens !== undefined;
  return isBedrock || bedrockEvents.some(event => asObject(object[event])) ? 'bedrock' : null;
}

/** The language of a whole response, or null when the object is none. */
export function shapeOfResponse(object: JsonObject): Shape | null {
  const usage = asObject(object.usage);
  const kind = object.object;
  if (object.type === 'message' && (usage || object.role === 'assistant')) {
    return 'anthropic';
  }
  if (kind === 'response') {
    return 'openai-responses';
  }
  if (Array.isArray(object.choices) || kind === 'chat.completion' || usage?.prompt_tokens !== undefined) {
    return 'openai-chat';
  }
  if (isGenerateContent(object) || usage?.total_input_tokens !== undefined) {
    return 'gemini';
  }
  if (isOllama(object)) {
    return 'ollama';
  }
  if (usage?.inputTokens !== undefined || object.stopReason !== undefined) {
    return 'bedrock';
  }
  if (usage?.input_tokens === undefined) {
    return null;
  }
  return isAnthropicUsage(usage) ? 'anthropic' : 'openai-responses';
}

/** Without the marks of a whole message: Anthropic's own names for the cache. Without a cache both languages mean the same. */
function isAnthropicUsage(usage: JsonObject): boolean {
  return ['cache_read_input_tokens', 'cache_creation_input_tokens', 'cache_creation'].some(field => field in usage);
}

function isDelta(choice: unknown): boolean {
  return asObject(asObject(choice)?.delta) !== null;
}

function isGenerateContent(object: JsonObject): boolean {
  const hasUsage = asObject(object.usageMetadata) !== null;
  return hasUsage || Array.isArray(object.candidates) || asObject(object.promptFeedback) !== null;
}

function isOllama(object: JsonObject): boolean {
  const hasCounts = object.prompt_eval_count !== undefined || object.eval_count !== undefined;
  return hasCounts || (typeof object.done === 'boolean' && typeof object.model === 'string');
}
