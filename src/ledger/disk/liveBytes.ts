/** Address space kept for a database to grow into; memory is used only as it grows. */
const longest = 2 ** 31;

/**
 * The bytes of a database file while SQLite works on them. sql.js keeps the array that it is given as the content of the file,
 * but for a `slice` of it; this one gives itself. So a snapshot is written from where the database lies, instead of from a
 * second copy, and a ledger of a million calls needs its size in memory once. `Database` checks that the library still does so.
 */
export class LiveBytes extends Uint8Array<ArrayBuffer> {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  /** Zeros; the array's length follows that of its buffer. */
  static allocate(length: number): LiveBytes {
    return new LiveBytes(new ArrayBuffer(length, { maxByteLength: longest }));
  }

  static copyOf(bytes: Uint8Array): LiveBytes {
    const live = LiveBytes.allocate(bytes.length);
    live.set(bytes);
    return live;
  }

  /** Gathers pieces as they come, so that a file is in memory once. */
  static async gather(pieces: AsyncIterable<Uint8Array>): Promise<LiveBytes> {
    const live = LiveBytes.allocate(0);
    for await (const piece of pieces) {
      const end = live.length;
      live.grow(end + piece.length);
      live.set(piece, end);
    }
    return live;
  }

  grow(length: number): void {
    this.buffer.resize(length);
  }

  /** Gives the memory back at once; the array is empty afterwards. */
  release(): void {
    this.buffer.resize(0);
  }

  override slice(): this {
    return this;
  }
}
