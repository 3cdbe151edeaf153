/** Characters (UTF-16 units) after which a segment ends at the next safe point. */
const segmentLength = 32 * 1024;
/**
 * Longest segment. Only a run of letters or digits without any other character gets that long; cut there, the count may differ
 * by a few tokens. It keeps V8's regular expressions from overflowing their stack (between 1M and 5M characters) and bounds the
 * memory of a merge.
 */
const longestSegment = 512 * 1024;

/**
 * A letter or digit, before something that is neither, nor a mark, nor an apostrophe. No alternative of the o200k or cl100k
 * pattern spans such a place or looks beyond it, so the tokens on either side don't depend on the other.
 */
const safePoint = /[\p{L}\p{N}](?=[^\p{L}\p{N}\p{M}'])/gu;

/**
 * Splits text where that can't change its tokens, so that a count can be stopped, and an edit re-counted, in parts. A segment
 * ends at the first safe point after `length` characters.
 */
export function* textSegments(text: string, length = segmentLength): Generator<string> {
  let start = 0;
  while (text.length - start > length) {
    const end = segmentEnd(text, start, length);
    yield text.substring(start, end);
    start = end;
  }
  if (start < text.length) {
    yield text.substring(start);
  }
}

function segmentEnd(text: string, start: number, length: number): number {
  const from = start + length;
  const limit = start + longestSegment;
  const window = text.substring(from, limit);
  safePoint.lastIndex = 0;
  if (safePoint.test(window)) {
    return from + safePoint.lastIndex;
  }
  if (limit >= text.length) {
    return text.length;
  }
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(limit - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(limit));
  return splitsPair ? limit - 1 : limit;
}
