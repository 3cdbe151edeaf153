/** The beginning of a body, held in memory until its call is over, in case that its tokens must be estimated. */
export interface HeldBytes {
  push(bytes: Buffer): void;
  /** What is held, and how many times longer the whole body was. */
  read(): { readonly bytes: Buffer; readonly factor: number };
  /** Lets go of it. */
  drop(): void;
}

/** Of one body so much is held, and of all together; what is longer is extrapolated. Bytes. */
const mostOfOne = 1024 * 1024;
const mostOfAll = 64 * 1024 * 1024;

let heldOfAll = 0;

/** Bytes that are held of all bodies. */
export const countHeldBytes = (): number => heldOfAll;

/** Holds nothing yet. */
export function createHeldBytes(): HeldBytes {
  let chunks: Buffer[] = [];
  let held = 0;
  let total = 0;
  return {
    push(bytes) {
      const room = Math.min(mostOfOne - held, mostOfAll - heldOfAll, bytes.length);
      // Once something was left out, nothing that follows would stand where it belongs.
      if (held === total && room > 0) {
        chunks.push(bytes.subarray(0, room));
        held += room;
        heldOfAll += room;
      }
      total += bytes.length;
    },
    read: () => ({ bytes: Buffer.concat(chunks), factor: total / Math.max(1, held) }),
    drop() {
      heldOfAll -= held;
      held = 0;
      total = 0;
      chunks = [];
    },
  };
}
