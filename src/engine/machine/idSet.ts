/** A set of ids in eight bytes each: what it says it knows it may not know, once in a billion; what it denies is not there. */
export class IdSet {
  readonly #hashes: Float64Array;

  constructor(pages: Iterable<readonly string[]>) {
    const hashes: number[] = [];
    for (const page of pages) {
      for (const id of page) {
        hashes.push(hash(id));
      }
    }
    this.#hashes = Float64Array.from(hashes).sort();
  }

  has(id: string): boolean {
    const wanted = hash(id);
    let low = 0;
    let high = this.#hashes.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#hashes[middle] ?? 0;
      if (found === wanted) {
        return true;
      }
      if (found < wanted) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }
}

/** 53 bits out of a text (cyrb53, public domain, by bryc). */
function hash(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0);
}
