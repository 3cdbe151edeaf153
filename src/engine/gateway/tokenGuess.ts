import { overheadOf } from '../../estimator/documents/promptDocument.ts';
import type { Estimator } from '../../estimator/estimatorWorker.ts';
import { computeTokens } from '../../estimator/requestTokens.ts';
import { createDecodedCopy } from './decodedCopy.ts';
import type { HeldBytes } from './heldBytes.ts';
import type { SpokenPart } from './spokenAnswer.ts';
import { readSpokenText } from './spokenText.ts';

/** Tokens of a text: the likely number, and one that is not above the true number (for a model without a public tokenizer). */
export interface TokenGuess {
  readonly likely: number;
  readonly low: number;
}

/** A short body may be very long when decoded: so much is counted, of what is longer the beginning; more than that is not decoded. Bytes. */
const longestCounted = 4 * 1024 * 1024;
const longestDecoded = 64 * 1024 * 1024;
/** Where nothing can be counted. */
const charactersPerToken = 4;

/** Tokens of a request by its held beginning; null when there is no text in it. Pictures and other media are not counted. */
export async function guessPrompt(
  estimator: Estimator,
  model: string | null,
  body: HeldBytes,
  encoding: string | undefined,
): Promise<TokenGuess | null> {
  const { text, factor } = await decodeHeld(body, encoding);
  const { texts, messages } = readSpokenText(text);
  if (texts.length === 0) {
    return null;
  }
  const content = await guessText(estimator, model, { text: texts.join('\n'), factor });
  return { likely: content.likely + overheadOf(messages), low: content.low };
}

/** Tokens of a text. */
export async function guessText(
  estimator: Estimator,
  model: string | null,
  { text, factor }: SpokenPart,
): Promise<TokenGuess> {
  const [likely, low] = text === '' ? [0, 0] : await count(estimator, model ?? 'unknown', text);
  return { likely: Math.round(likely * factor), low: Math.floor(low * factor) };
}

async function count(estimator: Estimator, model: string, text: string): Promise<[number, number]> {
  try {
    const { requests, mix } = await estimator.count({ text, isPlain: true }, [model]);
    const tokens = requests.map(request => computeTokens(model, request, mix));
    return [tokens[0]?.inputTokens ?? 0, tokens[0]?.lowTokens ?? 0];
  } catch {
    const tokens = Math.ceil(text.length / charactersPerToken);
    return [tokens, Math.floor(tokens / 2)];
  }
}

/** The text of a body by its held beginning, and how many times longer the whole is. */
export async function decodeHeld(body: HeldBytes, encoding: string | undefined): Promise<SpokenPart> {
  const held = body.read();
  const pieces: Buffer[] = [];
  let kept = 0;
  let total = 0;
  const copy = createDecodedCopy({
    encoding,
    onBytes: bytes => {
      if (kept < longestCounted) {
        pieces.push(bytes);
        kept += bytes.length;
      }
      total += bytes.length;
      if (total > longestDecoded) {
        throw new RangeError('The body is too long.');
      }
    },
    onError: () => {},
  });
  copy.push(held.bytes);
  await copy.finish();
  const factor = held.factor * (total / Math.max(1, kept));
  return { text: Buffer.concat(pieces).toString('utf8'), factor: Math.max(1, factor) };
}
