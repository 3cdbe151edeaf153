import { countMerged } from './bytePairMerge.ts';
import { createIncrementalCount, type IncrementalCount } from './incrementalCount.ts';
import { parseRanks, type RankData } from './rankTable.ts';
import { textSegments } from './textSegments.ts';

/** Longer pieces are rare and not remembered. */
const longestCachedPiece = 64;
const cacheLimit = 50_000;
/** V8 keeps the whole text alive behind a substring of 13 characters or more; a remembered piece must not. */
const shortestSlice = 13;
/** Characters (UTF-16 units) of a part, between two questions whether to stop. */
const partLength = 32 * 1024;

export interface TokenCounter {
  /**
   * Tokens of the text, equal to js-tiktoken's `encode(text, [], [])`: text like `<|endoftext|>` is plain text, lone surrogates
   * count as U+FFFD. Null when `shouldStop`, asked every 32,000 characters or so, says yes.
   */
  count(text: string, shouldStop?: () => boolean): number | null;
  /** The same for one text after another that differ a little: only what differs is counted. */
  createIncrementalCount(): IncrementalCount;
}

/** Makes a counter from one encoding's rank data. Keeps the counts of up to 50,000 pieces between calls. */
export function createTokenCounter(data: RankData): TokenCounter {
  const table = parseRanks(data.bpe_ranks);
  const pattern = new RegExp(data.pat_str, 'gu');
  const cache = new Map<string, number>();

  function countPiece(piece: string): number {
    const isNarrow = isAscii(piece);
    if (isNarrow ? table.ranks.has(piece) : table.wideTokens.has(piece)) {
      return 1;
    }
    const isCached = piece.length <= longestCachedPiece;
    const known = isCached ? cache.get(piece) : undefined;
    if (known !== undefined) {
      return known;
    }
    // UTF-8 as a latin1 string, one character per byte; lone surrogates become U+FFFD.
    const tokens = countMerged(isNarrow ? piece : Buffer.from(piece, 'utf8').toString('latin1'), table);
    if (isCached) {
      if (cache.size >= cacheLimit) {
        cache.clear();
      }
      cache.set(piece.length < shortestSlice ? piece : copyOf(piece), tokens);
    }
    return tokens;
  }

  function countSegment(segment: string): number {
    let tokens = 0;
    let start = 0;
    pattern.lastIndex = 0;
    // Every character is matched by some alternative of the pattern, so the pieces lie side by side.
    while (pattern.test(segment)) {
      tokens += countPiece(segment.substring(start, pattern.lastIndex));
      start = pattern.lastIndex;
    }
    return tokens;
  }

  return {
    count(text, shouldStop) {
      let tokens = 0;
      for (const segment of textSegments(text, partLength)) {
        if (shouldStop?.()) {
          return null;
        }
        tokens += countSegment(segment);
      }
      return tokens;
    },
    createIncrementalCount: () => createIncrementalCount(countSegment),
  };
}

function isAscii(piece: string): boolean {
  for (let index = 0; index < piece.length; index += 1) {
    if (piece.charCodeAt(index) > 0x7f) {
      return false;
    }
  }
  return true;
}

function copyOf(piece: string): string {
  return Buffer.from(piece, 'utf16le').toString('utf16le');
}
