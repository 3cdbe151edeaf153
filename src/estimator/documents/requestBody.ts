import { readAnthropicRequest } from './anthropicRequest.ts';
import { readGeminiRequest } from './geminiRequest.ts';
import { readOpenAiRequest } from './openaiRequest.ts';
import type { DocumentNote, PromptRequest } from './promptDocument.ts';
import { asObject, type Json } from './requestParts.ts';

/** A request body, taken apart. */
export interface ParsedRequest {
  readonly request: PromptRequest;
  readonly notes: readonly DocumentNote[];
}

/** A provider's request body, or a list of chat messages; null for anything else. */
export function parseRequestBody(value: unknown): ParsedRequest | null {
  const body: Json | null = Array.isArray(value) ? { messages: value } : asObject(value);
  if (!body) {
    return null;
  }
  const parts = readAnthropicRequest(body) ?? readGeminiRequest(body) ?? readOpenAiRequest(body);
  return parts?.finish(typeof body.model === 'string' ? body.model : null) ?? null;
}
