import type { Provider } from '../provider.ts';
import { findMakersModel } from './priceCatalogue.ts';

/**
 * The provider that makes a model, by the same look-up as prices; null when the name is not known exactly. A Bedrock id
 * (`us.anthropic.claude-…`) gives `bedrock`. It decides what a bare `input_tokens` means: Anthropic and Bedrock leave the
 * cache out of it.
 */
export function makerOfModel(model: string): Provider | null {
  return findMakersModel(model)?.provider ?? null;
}
