import { crc32 } from 'node:zlib';

/** What an id is looked up by: a signed 32-bit hash, which SQLite stores in four bytes. */
export function hashId(id: string): number {
  return crc32(id) | 0;
}

/** Share of slots in use beyond which the set grows. */
const fullness = 0.6;

/**
 * The hashes of all ids that lead to a call, four bytes each (eight while it grows), so that a record with new ids, which is nearly
 * every record, needs no look into the tables. What it says it has may be another id's, or one's that is gone; what it denies is new.
 */
export class IdHashes {
  /** Open addressing; 0 marks a free slot. */
  #slots = new Int32Array(1 << 12);
  #count = 0;
  #hasZero = false;

  has(hash: number): boolean {
    return hash === 0 ? this.#hasZero : this.#slots[this.#slotOf(hash)] === hash;
  }

  add(hash: number): void {
    if (hash === 0) {
      this.#hasZero = true;
      return;
    }
    const slot = this.#slotOf(hash);
    if (this.#slots[slot] === 0) {
      this.#slots[slot] = hash;
      this.#count++;
      if (this.#count > this.#slots.length * fullness) {
        this.#grow();
      }
    }
  }

  /** The slot that holds a hash, or the free one where it belongs. */
  #slotOf(hash: number): number {
    const last = this.#slots.length - 1;
    let slot = Math.imul(hash, 0x9e3779b1) & last;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== hash) {
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #grow(): void {
    const former = this.#slots;
    this.#slots = new Int32Array(former.length * 2);
    for (const hash of former) {
      if (hash !== 0) {
        this.#slots[this.#slotOf(hash)] = hash;
      }
    }
  }
}
