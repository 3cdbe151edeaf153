import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The space for new objects, bytes: enough for the requests under way, so that they don't age into the other space. */
const wantedBytes = 8 * 1024 * 1024;
/** Objects made at a time, and how often at most. */
const piece = 5000;
const mostPieces = 60;

/**
 * Keeps V8's heap small while records pour in. The space for new objects would grow to 64 MB and more, nearly all of it garbage; this
 * lets it grow to what is wanted, which it does only when it is filled with objects in use, and no further. It is cleared more often
 * then, and nearly as fast, since little in it lives on. Takes about 15 ms. To be called first thing: what has grown does not shrink.
 */
export function keepHeapSmall(): void {
  const inUse: object[] = [];
  for (let pieces = 0; newSpaceBytes() < wantedBytes && pieces < mostPieces; pieces++) {
    for (let count = 0; count < piece; count++) {
      inUse.push({ count });
    }
  }
  setFlagsFromString('--semi-space-growth-factor=1');
  // The space for old objects grows by this much before it is cleared, instead of to several times what is in use.
  setFlagsFromString('--heap-growing-percent=30');
}

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? wantedBytes;
}
