import { findProvider, type ModelInfo } from '@pydantic/genai-prices';
import type { Provider } from '../provider.ts';
import { catalogueNames } from './catalogueNames.ts';
import { modelNames } from './modelNames.ts';

/** The package and version the prices come from; a test holds it to the installed one. */
export const catalogueVersion = 'genai-prices@0.1.8';

/** A model as one provider sells it. */
export interface ListedModel {
  /** The catalogue's name of the provider (`aws`), as in the `source` of a rate. */
  readonly catalogueProvider: string;
  readonly provider: Provider;
  readonly model: ModelInfo;
}

/** Our names of providers that the catalogue calls differently. */
const catalogueIds: Readonly<Record<string, string>> = { bedrock: 'aws', xai: 'x-ai', github: 'github-copilot' };

/** Who makes models, in the order asked. Zhipu sells as zai abroad, in USD; zhipuai's prices are converted from CNY. */
const makers: readonly Provider[] = [
  'anthropic',
  'openai',
  'google',
  'deepseek',
  'mistral',
  'xai',
  'cohere',
  'moonshotai',
  'minimax',
  'zai',
  'zhipuai',
  'perplexity',
  'voyageai',
];

/** Providers that run models on the user's own machine: nobody's list price holds there. */
const localProviders: ReadonlySet<Provider> = new Set(['ollama', 'lmstudio', 'lm_studio', 'llama.cpp', 'vllm']);

/** `vendor.model`, the form of Bedrock's ids; no other provider's names have it (`gpt-5.6` has a digit before its dot). */
const bedrockForm = /^[a-z][a-z-]*\.[a-z]/;

const indexes = new Map<Provider, ReadonlyMap<string, ListedModel>>();
const found = new Map<string, ListedModel | null>();
const foundLimit = 2_000;

/**
 * The model a price is taken from: for each name in turn (see `modelNames`), the reported provider's if it lists the name,
 * else the model maker's list. A Bedrock id says its provider itself. Null when nobody lists it, and for local providers.
 */
export function findListedModel(provider: Provider | null, model: string): ListedModel | null {
  const key = `${provider ?? ''}\n${model}`;
  const known = found.get(key);
  if (known !== undefined) {
    return known;
  }
  const listed = lookUp(provider, model);
  // Names come from outside, so the cache must not grow with them.
  if (key.length <= 200) {
    if (found.size >= foundLimit) {
      found.clear();
    }
    found.set(key, listed);
  }
  return listed;
}

/** The maker's entry of a model, whoever sells it; null when no maker lists it. */
export function findMakersModel(model: string): ListedModel | null {
  return findListedModel(null, model);
}

function lookUp(provider: Provider | null, model: string): ListedModel | null {
  if (provider !== null && localProviders.has(provider)) {
    return null;
  }
  for (const name of modelNames(model)) {
    const listed =
      (provider === null ? undefined : indexOf(provider).get(name)) ??
      makers.map(maker => makersEntry(maker, name)).find(entry => entry !== undefined) ??
      (bedrockForm.test(name) ? indexOf('bedrock').get(name) : undefined);
    if (listed) {
      return listed;
    }
  }
  return null;
}

/** A maker's entry of a model of its own: Google also sells Claude, and lists even `anthropic/claude-sonnet-4`. */
function makersEntry(maker: Provider, name: string): ListedModel | undefined {
  return maker !== 'anthropic' && name.includes('claude') ? undefined : indexOf(maker).get(name);
}

/** The exact names one provider sells models by, made when first asked for. Empty for a provider the catalogue has not. */
function indexOf(provider: Provider): ReadonlyMap<string, ListedModel> {
  const known = indexes.get(provider);
  if (known) {
    return known;
  }
  const index = new Map<string, ListedModel>();
  const catalogueProvider = catalogueIds[provider] ?? provider;
  const seller = findProvider({ providerId: catalogueProvider });
  // The library also finds providers by parts of a name ("openai-compatible"); only the exact one is meant.
  if (seller?.id !== catalogueProvider) {
    return index;
  }
  for (const model of seller.models) {
    for (const name of catalogueNames(catalogueProvider, model)) {
      if (!index.has(name)) {
        index.set(name, { catalogueProvider, provider, model });
      }
    }
  }
  indexes.set(provider, index);
  return index;
}
