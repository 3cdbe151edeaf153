import type { PromptDocument } from '../documents/promptDocument.ts';
import { countWithAnthropic } from './anthropic.ts';
import { countWithGemini } from './gemini.ts';

/** Providers whose own endpoint counts tokens. */
export const countingProviders = ['anthropic', 'google'] as const;
export type CountingProvider = (typeof countingProviders)[number];

/** What is sent to a provider to be counted. */
export interface ProviderQuestion {
  readonly model: string;
  /** The request body that the user wrote, if it is one of this provider's; else null. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The texts of the prompt, where there is no such body. */
  readonly texts: readonly string[];
  readonly key: string;
  /** The provider's origin, or an upstream's URL prefix, without a slash at its end. */
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Where each provider counts, unless the setting `gateway.upstreams` says otherwise. */
export const countingOrigins: Readonly<Record<CountingProvider, string>> = {
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
};

/** Who can count for a model; null for all others. Models of the same family at a reseller have the same tokens. */
export function findCountingProvider(model: string): CountingProvider | null {
  const name = model.toLowerCase();
  return name.includes('claude') ? 'anthropic' : /(^|\/)gemini-/.test(name) ? 'google' : null;
}

/** Whether a document can be counted by a provider: a batch is many requests. */
export function isCountable({ format }: Pick<PromptDocument, 'format'>): boolean {
  return format !== 'batch';
}

/** Input tokens, by the provider itself. Throws an Error fit for the user, in which there is no text and no key. */
export function countWithProvider(provider: CountingProvider, question: ProviderQuestion): Promise<number> {
  return provider === 'anthropic' ? countWithAnthropic(question) : countWithGemini(question);
}
