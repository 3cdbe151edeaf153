import type { JsonObject } from '../../capture/json.ts';
import { readSpokenPiece } from './spokenText.ts';

/** A text, and how many times longer the whole is of which it is the beginning. */
export interface SpokenPart {
  readonly text: string;
  readonly factor: number;
}

/** What a model writes in the course of a stream, for an estimate of its tokens. */
export interface SpokenAnswer {
  push(piece: JsonObject): void;
  isEmpty(): boolean;
  read(): SpokenPart;
}

/** More than any model writes in one answer; of what is longer the beginning is kept. UTF-16 units. */
const longest = 2 * 1024 * 1024;

/** Nothing has been written yet. */
export function createSpokenAnswer(): SpokenAnswer {
  const pieces: string[] = [];
  let kept = 0;
  let total = 0;
  return {
    push(piece) {
      const text = readSpokenPiece(piece);
      if (text !== '' && kept < longest) {
        pieces.push(text);
        kept += text.length;
      }
      total += text.length;
    },
    isEmpty: () => total === 0,
    read: () => ({ text: pieces.join(''), factor: total / Math.max(1, kept) || 1 }),
  };
}
