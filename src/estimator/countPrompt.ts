import { parsePromptDocument } from './documents/parsePromptDocument.ts';
import type { PromptSource } from './documents/promptDocument.ts';
import { type Encoding, resolveEncoding } from './encodings.ts';
import { loadCounter } from './loadCounter.ts';
import type { PromptCounts, RequestCounts } from './protocol.ts';
import { combineHashes, hashText } from './textHash.ts';
import { computeTextMix } from './textMix.ts';
import type { TokenCounter } from './tokenCounter.ts';

export interface CountOptions {
  readonly shouldStop?: (() => boolean) | undefined;
  readonly isHashed?: boolean;
  /** Counts one text of the prompt, the `slot`-th of all; a counter that remembers the text before. */
  readonly countText?: (counter: TokenCounter, encoding: Encoding, slot: number, text: string) => number | null;
}

/**
 * Takes a prompt apart and counts its texts with the encodings of `models` and of the models it names. Null when `shouldStop` says
 * yes. Runs in the worker; tests and benchmarks may call it directly.
 */
export async function countPrompt(
  source: PromptSource,
  models: readonly string[],
  {
    shouldStop,
    isHashed = false,
    countText = (counter, _, __, text) => counter.count(text, shouldStop),
  }: CountOptions = {},
): Promise<PromptCounts | null> {
  const { requests, ...document } = parsePromptDocument(source);
  const named = [document.model, ...requests.map(({ model }) => model)].filter(model => model !== null);
  const encodings = [...new Set([...models, ...named].map(model => resolveEncoding(model).encoding))];
  const counters = await Promise.all(encodings.map(loadCounter));
  const counted: RequestCounts[] = [];
  let slot = 0;
  for (const { texts, overheadTokens, images, model, isWhole } of requests) {
    const contentTokens: Partial<Record<Encoding, number>> = {};
    for (const [index, encoding] of encodings.entries()) {
      let sum = 0;
      for (const [place, text] of texts.entries()) {
        const tokens = countText(counters[index] as TokenCounter, encoding, slot + place, text);
        if (tokens === null) {
          return null;
        }
        sum += tokens;
      }
      contentTokens[encoding] = sum;
    }
    slot += texts.length;
    counted.push({ contentTokens, overheadTokens, images, model, isWhole });
  }
  const texts = requests.flatMap(request => request.texts);
  const textHashes = isHashed ? texts.map(hashText).filter(hash => hash !== null) : [];
  return {
    document,
    requests: counted,
    mix: computeTextMix(sampleOf(texts)),
    characters: texts.reduce((sum, text) => sum + text.length, 0),
    textHash: combineHashes(textHashes),
    textHashes,
  };
}

/** Enough of the texts to judge what they consist of. */
function sampleOf(texts: readonly string[]): string {
  const [first = ''] = texts;
  let sample = first.slice(0, 100_000);
  for (const text of sample.length < 100_000 ? texts.slice(1) : []) {
    if (sample.length > 100_000) {
      break;
    }
    sample += `\n${text.slice(0, 100_000)}`;
  }
  return sample;
}
