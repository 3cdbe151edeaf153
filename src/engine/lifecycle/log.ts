import { appendFileSync, renameSync, statSync } from 'node:fs';

export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one line. Messages never hold tokens, keys or bodies: that is up to whoever writes them. */
export type Log = (level: LogLevel, message: string) => void;

export interface LogOptions {
  /** Takes the lines too, next to stderr; null for none. */
  readonly file: string | null;
  /** Size at which the file is set aside as `<file>.1`, so that at most twice as much is kept. Bytes. */
  readonly maxBytes?: number;
}

/** A log of lines `2026-11-22T13:00:00.000Z warn message`. A log that can't be written is no reason to stop. */
export function createLog({ file, maxBytes = 1_000_000 }: LogOptions): Log {
  let size = file === null ? 0 : sizeOf(file);
  return (level, message) => {
    const line = `${new Date().toISOString()} ${level} ${message.replace(/[\r\n]+/g, ' ')}\n`;
    process.stderr.write(line);
    if (file === null) {
      return;
    }
    try {
      if (size > 0 && size + line.length > maxBytes) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      // Synchronous, so that the last words before a crash are there; the log is quiet.
      appendFileSync(file, line, { mode: 0o600 });
      size += line.length;
    } catch {
      // Nowhere left to say so.
    }
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
