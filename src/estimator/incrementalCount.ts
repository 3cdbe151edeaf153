import { findSegmentEnd, safePointReach } from './textSegments.ts';

/** UTF-16 units of a segment; an edit re-counts one or two of them. */
export const segmentLength = 4096;
/** Text is compared in blocks of this many units, then unit by unit. */
const block = 4096;

/** A count that remembers the text it was made of, and of the next text counts only what differs from it. */
export interface IncrementalCount {
  /** Tokens of the text. Null when `shouldStop`, asked before each segment, says yes: then the next count starts from the text before. */
  count(text: string, shouldStop?: () => boolean): number | null;
  /** Segments that the last count had to look at. */
  readonly counted: number;
}

interface Segment {
  readonly length: number;
  readonly tokens: number;
  /** Its end is a safe point of the text. */
  readonly isSafe: boolean;
}

/**
 * Counts texts of which each differs a little from the one before. Segments end at safe points, where the tokens on either side don't
 * depend on the other: what lies before the last safe point in front of a change, and behind the first one after it, keeps its count.
 */
export function createIncrementalCount(countSegment: (segment: string) => number): IncrementalCount {
  let known = '';
  let total = 0;
  let segments: readonly Segment[] = [];
  let counted = 0;

  return {
    get counted() {
      return counted;
    },
    count(text, shouldStop) {
      counted = 0;
      if (text === known) {
        return total;
      }
      const head = keepHead(segments, commonStart(known, text));
      const tail = keepTail(
        segments.slice(head.count),
        known.length - head.length,
        commonEnd(known, text, head.length),
      );
      const changed: Segment[] = [];
      const stop = text.length - tail.length;
      for (let start = head.length; start < stop; ) {
        if (shouldStop?.()) {
          return null;
        }
        const found = findSegmentEnd(text, start, segmentLength);
        // Where the tail begins is a safe point too.
        const { end, isSafe } = found.end < stop ? found : { end: stop, isSafe: true };
        changed.push({ length: end - start, tokens: countSegment(text.substring(start, end)), isSafe });
        counted += 1;
        start = end;
      }
      segments = [...segments.slice(0, head.count), ...changed, ...segments.slice(segments.length - tail.count)];
      known = text;
      total = segments.reduce((sum, { tokens }) => sum + tokens, 0);
      return total;
    },
  };
}

interface Kept {
  /** Segments. */
  readonly count: number;
  /** UTF-16 units. */
  readonly length: number;
}

/** The first segments, as far as they end at a safe point well before the first difference. */
function keepHead(segments: readonly Segment[], same: number): Kept {
  let kept: Kept = { count: 0, length: 0 };
  let length = 0;
  for (const [index, segment] of segments.entries()) {
    length += segment.length;
    if (length + safePointReach > same) {
      break;
    }
    if (segment.isSafe) {
      kept = { count: index + 1, length };
    }
  }
  return kept;
}

/** The last of `segments` (of `total` units), as far as they begin at a safe point well behind the last difference. */
function keepTail(segments: readonly Segment[], total: number, same: number): Kept {
  let start = 0;
  for (const [index, segment] of segments.entries()) {
    start += segment.length;
    const rest = total - start;
    if (rest > 0 && segment.isSafe && rest + safePointReach <= same) {
      return { count: segments.length - index - 1, length: rest };
    }
  }
  return { count: 0, length: 0 };
}

/** Units that two texts have in common at their start. */
function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at + block <= most && one.substring(at, at + block) === other.substring(at, at + block)) {
    at += block;
  }
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) {
    at += 1;
  }
  return at;
}

/** Units that two texts have in common at their end, not counting their first `start` ones. */
function commonEnd(one: string, other: string, start: number): number {
  const most = Math.min(one.length, other.length) - start;
  const tail = (text: string, from: number, to: number) => text.substring(text.length - to, text.length - from);
  let at = 0;
  while (at + block <= most && tail(one, at, at + block) === tail(other, at, at + block)) {
    at += block;
  }
  while (at < most && one.charCodeAt(one.length - 1 - at) === other.charCodeAt(other.length - 1 - at)) {
    at += 1;
  }
  return at;
}
