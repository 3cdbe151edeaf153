/** Takes bytes when those that were just written are on their way. */
export interface AfterWrite {
  push(bytes: Buffer): void;
  /** Takes what waits now. */
  flush(): void;
}

/**
 * Node sends what was written at the end of the turn: reading a copy before that would hold it up. `take` gets the bytes right after, in
 * order.
 */
export function afterWrite(take: (bytes: Buffer) => void): AfterWrite {
  let waiting: Buffer[] = [];
  const flush = () => {
    const now = waiting;
    waiting = [];
    now.forEach(take);
  };
  return {
    push(bytes) {
      if (waiting.push(bytes) === 1) {
        process.nextTick(flush);
      }
    },
    flush,
  };
}
