/** Takes bytes when those that were passed on are on their way. */
export interface LaterCopy {
  push(bytes: Buffer): void;
  /** Takes what waits now. */
  flush(): void;
  /** Lets go of what waits, and takes nothing more. */
  drop(): void;
}

/** So much waits for the end of its body; of a longer one it is taken in pieces of about this size. Bytes. */
const mostWaiting = 64 * 1024;
/** Pieces that are shorter on average are put together. Bytes. */
const smallPiece = 8 * 1024;

/**
 * Reading a copy holds up what is passed on, of this call and of others: `take` gets the bytes in order, small ones put together, but not
 * before there are many of them or `flush` is called.
 */
export function createLaterCopy(take: (bytes: Buffer) => void): LaterCopy {
  let waiting: Buffer[] = [];
  let size = 0;
  let isDue = false;
  let isOver = false;
  const flush = () => {
    const now = waiting;
    // Decoding and parsing many small pieces takes twice as long as one; long ones are not copied.
    const areSmall = now.length > 1 && size / now.length < smallPiece;
    waiting = [];
    size = 0;
    isDue = false;
    for (const bytes of areSmall ? [Buffer.concat(now)] : now) {
      take(bytes);
    }
  };
  return {
    push(bytes) {
      if (isOver) {
        return;
      }
      waiting.push(bytes);
      size += bytes.length;
      if (size >= mostWaiting && !isDue) {
        isDue = true;
        // When those that were just written are on their way: Node sends them at the end of the turn. Later, more would pile up meanwhile.
        process.nextTick(flush);
      }
    },
    flush,
    drop() {
      isOver = true;
      waiting = [];
    },
  };
}
