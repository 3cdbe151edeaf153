/** Takes bytes when nothing else is to be done. */
export interface LaterCopy {
  push(bytes: Buffer): void;
  /** Takes what waits now. */
  flush(): void;
  /** Lets go of what waits, and takes nothing more. */
  drop(): void;
}

/** So much waits for the end of its body; of a longer one it is taken in pieces of about this size. Bytes. */
const mostWaiting = 64 * 1024;

/**
 * Reading a copy holds up what is passed on, of this call and of others: `take` gets the bytes in order and put together, but not before there are many of
 * them or `flush` is called.
 */
export function createLaterCopy(take: (bytes: Buffer) => void): LaterCopy {
  let waiting: Buffer[] = [];
  let size = 0;
  let isDue = false;
  let isOver = false;
  const flush = () => {
    const now = waiting;
    waiting = [];
    size = 0;
    isDue = false;
    const [first, ...others] = now;
    if (first) {
      // In one piece: decoding and parsing many small ones takes twice as long.
      take(others.length === 0 ? first : Buffer.concat(now));
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
        // After what else has come from the network by now.
        setImmediate(flush);
      }
    },
    flush,
    drop() {
      isOver = true;
      waiting = [];
    },
  };
}
