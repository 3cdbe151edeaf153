/** Largest file that is read for an estimate, bytes; many times any context window. */
export const largestFile = 50_000_000;

/** Whether bytes are no text: a zero byte near the start, where there is no UTF-16 mark (as Git and editors tell it). */
export function isBinary(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return !isUtf16 && bytes.subarray(0, 8000).includes(0);
}
