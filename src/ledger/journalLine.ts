import { crc32 } from 'node:zlib';
import { type Change, formatChange, parseChange } from './change.ts';

export interface JournalLine {
  /** Grows by one with every line of a ledger, over all its segments. */
  readonly sequence: number;
  readonly change: Change;
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

/** `<crc32 of the rest> <sequence> <json>` and a line feed. */
export function formatLine({ sequence, change }: JournalLine): string {
  const body = `${sequence} ${formatChange(change)}`;
  return `${checksum(body)} ${body}\n`;
}

/** The line, or null when its bytes are not what was written. */
export function parseLine(text: string): JournalLine | null {
  const body = text.slice(9);
  const space = body.indexOf(' ');
  if (text[8] !== ' ' || space < 1 || checksum(body) !== text.slice(0, 8)) {
    return null;
  }
  return { sequence: Number(body.slice(0, space)), change: parseChange(body.slice(space + 1)) };
}
