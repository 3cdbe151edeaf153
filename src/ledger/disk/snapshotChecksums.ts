/** What a snapshot file must look like, and the newest journal line it holds. */
export interface Checksum {
  readonly sequence: number;
  readonly size: number;
  readonly crc32: number;
}

/** The content of `snapshots.json`, newest first; null when it is damaged. */
export function parseChecksums(text: string): Checksum[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isChecksum) ? value : null;
  } catch {
    return null;
  }
}

function isChecksum(value: unknown): value is Checksum {
  const { sequence, size, crc32 } = (value ?? {}) as Record<string, unknown>;
  return [sequence, size, crc32].every(number => Number.isSafeInteger(number) && (number as number) >= 0);
}
