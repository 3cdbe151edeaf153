import { crc32 } from 'node:zlib';
import { type Change, formatChange, parseChange } from '../tables/change.ts';

export interface JournalLine {
  /** Grows by one with every line of a ledger, over all its segments. */
  readonly sequence: number;
  readonly change: Change;
}

/** A line whose checksum holds; what it says is read only when it is asked for. */
export interface ReadLine {
  readonly sequence: number;
  readonly readChange: () => Change;
}

/** Length of the checksum and the space after it, in bytes. */
const headLength = 9;
const space = 0x20;

function formatChecksum(body: string | Uint8Array): string {
  return crc32(body)
    .toString(16)
    .padStart(headLength - 1, '0');
}

/** `<crc32 of the rest> <sequence> <json>` and a line feed. */
export function formatLine({ sequence, change }: JournalLine): string {
  const body = `${sequence} ${formatChange(change)}`;
  return `${formatChecksum(body)} ${body}\n`;
}

/** The line without its line feed, or null when its bytes are not what was written. */
export function parseLine(line: Buffer): ReadLine | null {
  const body = line.subarray(headLength);
  const end = body.indexOf(space);
  if (
    end < 1 ||
    line[headLength - 1] !== space ||
    formatChecksum(body) !== line.toString('latin1', 0, headLength - 1)
  ) {
    return null;
  }
  return {
    sequence: Number(body.toString('latin1', 0, end)),
    readChange: () => parseChange(body.toString('utf8', end + 1)),
  };
}
