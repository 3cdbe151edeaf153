import { readAnthropicRequest } from '../documents/anthropicRequest.ts';
import { readGeminiRequest } from '../documents/geminiRequest.ts';
import { parsePromptDocument } from '../documents/parsePromptDocument.ts';
import type { PromptSource } from '../documents/promptDocument.ts';
import { type CountingProvider, countWithProvider, type ProviderQuestion } from './providerCount.ts';

/** Counts a prompt with its provider: a request body of that provider as it is, anything else as one message of the user. */
export function askProvider(
  provider: CountingProvider,
  source: PromptSource,
  question: Omit<ProviderQuestion, 'body' | 'texts'>,
): Promise<number> {
  const { requests } = parsePromptDocument(source);
  const texts = requests[0]?.texts ?? [];
  return countWithProvider(provider, { ...question, body: readBody(provider, source), texts });
}

function readBody(provider: CountingProvider, { text, isPlain }: PromptSource): ProviderQuestion['body'] {
  if (isPlain || !/^\s*\{/.test(text)) {
    return null;
  }
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    return (provider === 'anthropic' ? readAnthropicRequest(body) : readGeminiRequest(body)) ? body : null;
  } catch {
    return null;
  }
}
