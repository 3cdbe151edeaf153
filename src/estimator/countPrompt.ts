import { type Encoding, resolveEncoding } from './encodings.ts';
import { loadCounter } from './loadCounter.ts';
import { type PromptSource, parsePromptDocument } from './promptDocument.ts';
import type { PromptCounts } from './protocol.ts';
import { computeTextMix } from './textMix.ts';

/**
 * Takes a prompt apart and counts its texts with the encodings of `models` and of the model it names. Null when `shouldStop` says
 * yes. Runs in the worker; tests and benchmarks may call it directly.
 */
export async function countPrompt(
  source: PromptSource,
  models: readonly string[],
  shouldStop?: () => boolean,
): Promise<PromptCounts | null> {
  const { texts, ...document } = parsePromptDocument(source);
  const asked = document.model === null ? models : [...models, document.model];
  const contentTokens: Partial<Record<Encoding, number>> = {};
  for (const encoding of new Set(asked.map(model => resolveEncoding(model).encoding))) {
    const counter = await loadCounter(encoding);
    let sum = 0;
    for (const text of texts) {
      const tokens = counter.count(text, shouldStop);
      if (tokens === null) {
        return null;
      }
      sum += tokens;
    }
    contentTokens[encoding] = sum;
  }
  return {
    document,
    contentTokens,
    mix: computeTextMix(sampleOf(texts)),
    characters: texts.reduce((sum, text) => sum + text.length, 0),
  };
}

function sampleOf(texts: readonly string[]): string {
  let sample = '';
  for (const text of texts) {
    if (sample.length > 100_000) {
      break;
    }
    sample += `${text.slice(0, 100_000)}\n`;
  }
  return sample;
}
