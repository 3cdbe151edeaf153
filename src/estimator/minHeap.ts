/** A binary min-heap of numbers with a fixed capacity. */
export interface MinHeap {
  /** Takes the smallest number out; NaN when empty. */
  pop(): number;
  push(value: number): void;
}

/** Makes a heap from the first `size` numbers of `values`, in place; the array's length is the capacity. O(size). */
export function createMinHeap(values: Float64Array, size: number): MinHeap {
  let length = size;
  const at = (index: number): number => values[index] as number;

  function sink(start: number): void {
    const value = at(start);
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) {
        break;
      }
      if (child + 1 < length && at(child + 1) < at(child)) {
        child += 1;
      }
      if (at(child) >= value) {
        break;
      }
      values[index] = at(child);
      index = child;
    }
    values[index] = value;
  }

  for (let index = (length >> 1) - 1; index >= 0; index -= 1) {
    sink(index);
  }
  return {
    pop() {
      if (length === 0) {
        return Number.NaN;
      }
      const top = at(0);
      length -= 1;
      if (length > 0) {
        values[0] = at(length);
        sink(0);
      }
      return top;
    },
    push(value) {
      let index = length;
      length += 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (at(parent) <= value) {
          break;
        }
        values[index] = at(parent);
        index = parent;
      }
      values[index] = value;
    },
  };
}
