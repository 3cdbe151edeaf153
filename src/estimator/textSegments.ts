/**
 * Longest segment, UTF-16 units. Only a run of letters or digits without any other character gets that long; cut there, the count may
 * differ by a few tokens. It keeps V8's regular expressions from overflowing their stack (between 1M and 5M characters) and bounds the
 * memory of a merge.
 */
const longestSegment = 512 * 1024;

/**
 * A letter or digit, before something that is neither, nor a mark, nor an apostrophe. No alternative of the o200k or cl100k
 * pattern spans such a place or looks beyond it, so the tokens on either side don't depend on the other.
 */
const safePoint = /[\p{L}\p{N}](?=[^\p{L}\p{N}\p{M}'])/gu;

/**
 * Units on either side of a safe point that decide whether it is one: a surrogate pair before it and one behind it.
 */
export const safePointReach = 2;

/** Where a segment ends. */
export interface SegmentEnd {
  readonly end: number;
  /** The tokens on either side don't depend on the other; the end of the text is safe for the text as it is. */
  readonly isSafe: boolean;
}

/**
 * The end of the segment of `text` that begins at `start`: the first safe point after `length` units. A run without a safe point is cut
 * at every 512 Ki units from its own beginning, wherever the segments before it began.
 */
export function findSegmentEnd(text: string, start: number, length: number): SegmentEnd {
  const from = start + length;
  if (from >= text.length) {
    return { end: text.length, isSafe: true };
  }
  const limit = start + longestSegment;
  const next = findSafePoint(text, from, limit);
  if (next !== null) {
    return { end: next, isSafe: true };
  }
  const runStart = findLastSafePoint(text, start, from);
  if (runStart !== null) {
    return { end: runStart, isSafe: true };
  }
  return limit >= text.length ? { end: text.length, isSafe: true } : { end: beforePair(text, limit), isSafe: false };
}

/** Splits text where that can't change its tokens, so that a count can be stopped, and an edit re-counted, in parts. */
export function* textSegments(text: string, length: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const { end } = findSegmentEnd(text, start, length);
    yield text.substring(start, end);
    start = end;
  }
}

/** The first safe point in `from` (exclusive) to `limit`. */
function findSafePoint(text: string, from: number, limit: number): number | null {
  safePoint.lastIndex = 0;
  // A character beyond the limit decides about the last place.
  return safePoint.test(text.substring(from, limit + safePointReach)) && from + safePoint.lastIndex <= limit
    ? from + safePoint.lastIndex
    : null;
}

function findLastSafePoint(text: string, start: number, end: number): number | null {
  const window = text.substring(start, end + safePointReach);
  let last: number | null = null;
  safePoint.lastIndex = 0;
  while (safePoint.test(window) && start + safePoint.lastIndex <= end) {
    last = start + safePoint.lastIndex;
  }
  return last;
}

function beforePair(text: string, end: number): number {
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(end));
  return splitsPair ? end - 1 : end;
}
