import { createMinHeap } from './minHeap.ts';
import { noRank, type RankTable } from './rankTable.ts';

/** Up to this many bytes scanning an array for the lowest rank beats a heap (measured). */
const scanLimit = 96;
/** Heap keys are rank × 2^32 + start: the lowest rank first and, of equal ones, the leftmost. Exact in a double. */
const rankUnit = 2 ** 32;

/**
 * Number of tokens that byte pair encoding makes of one piece of text: merges the neighbours whose union has the lowest rank,
 * leftmost first, until no union is a token. O(n log n), where js-tiktoken's own merge is O(n²).
 * `bytes` is UTF-8 as a latin1 string.
 */
export function countMerged(bytes: string, table: RankTable): number {
  if (bytes.length <= 1 || table.ranks.has(bytes)) {
    return Math.min(bytes.length, 1);
  }
  return bytes.length <= scanLimit ? mergeByScan(bytes, table) : mergeByHeap(bytes, table);
}

function rankOf(bytes: string, start: number, end: number, table: RankTable): number {
  return end - start > table.maxTokenBytes ? noRank : (table.ranks.get(bytes.substring(start, end)) ?? noRank);
}

/** Of two bytes, without making a string of them. */
function rankOfPair(bytes: string, start: number, table: RankTable): number {
  return table.pairRanks[(bytes.charCodeAt(start) << 8) | bytes.charCodeAt(start + 1)] as number;
}

const starts = new Int32Array(scanLimit + 2);
const pairRanks = new Int32Array(scanLimit + 2);

function mergeByScan(bytes: string, table: RankTable): number {
  const start = (index: number): number => starts[index] as number;
  let parts = bytes.length;
  const pairAt = (index: number): number =>
    index + 2 > parts ? noRank : rankOf(bytes, start(index), start(index + 2), table);
  for (let index = 0; index <= parts; index += 1) {
    starts[index] = index;
  }
  for (let index = 0; index < parts; index += 1) {
    pairRanks[index] = index + 1 < parts ? rankOfPair(bytes, index, table) : noRank;
  }
  for (;;) {
    let lowest = noRank;
    let best = -1;
    for (let index = 0; index < parts - 1; index += 1) {
      const rank = pairRanks[index] as number;
      if (rank < lowest) {
        lowest = rank;
        best = index;
      }
    }
    if (best < 0) {
      return parts;
    }
    starts.copyWithin(best + 1, best + 2, parts + 1);
    pairRanks.copyWithin(best + 1, best + 2, parts);
    parts -= 1;
    pairRanks[best] = pairAt(best);
    if (best > 0) {
      pairRanks[best - 1] = pairAt(best - 1);
    }
  }
}

function mergeByHeap(bytes: string, table: RankTable): number {
  const length = bytes.length;
  /** The part that starts at i ends at next[i]; previous[i] is the start of the part before it. */
  const next = new Int32Array(length + 1);
  const previous = new Int32Array(length + 1);
  /** Rank of the union of the part that starts at i with the one behind it; a key that differs from it is stale. */
  const ranks = new Int32Array(length + 1).fill(noRank);
  const keys = new Float64Array(2 * length);
  let candidates = 0;
  for (let index = 0; index < length; index += 1) {
    next[index] = index + 1;
    previous[index] = index - 1;
    const rank = index + 1 < length ? rankOfPair(bytes, index, table) : noRank;
    ranks[index] = rank;
    if (rank !== noRank) {
      keys[candidates] = rank * rankUnit + index;
      candidates += 1;
    }
  }
  const heap = createMinHeap(keys, candidates);

  function refresh(start: number): void {
    const end = next[start] as number;
    const rank = end < length ? rankOf(bytes, start, next[end] as number, table) : noRank;
    ranks[start] = rank;
    if (rank !== noRank) {
      heap.push(rank * rankUnit + start);
    }
  }

  let parts = length;
  for (let key = heap.pop(); !Number.isNaN(key); key = heap.pop()) {
    const start = key % rankUnit;
    if (ranks[start] !== (key - start) / rankUnit) {
      continue;
    }
    const absorbed = next[start] as number;
    const end = next[absorbed] as number;
    next[start] = end;
    previous[end] = start;
    ranks[absorbed] = noRank;
    parts -= 1;
    refresh(start);
    if (start > 0) {
      refresh(previous[start] as number);
    }
  }
  return parts;
}
