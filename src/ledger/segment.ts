import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, open, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { StorageError, writeFully } from './files.ts';
import { parseLine, type ReadLine } from './journalLine.ts';

/** One journal file, open for appending. */
export class Segment {
  readonly path: string;
  readonly #handle: FileHandle;
  /** Bytes that are known to be good; anything after them is a torn write. */
  #length: number;
  /** False once a failed write could not be undone: the next lines belong into a new segment. */
  isUsable = true;

  private constructor(path: string, handle: FileHandle, length: number) {
    this.path = path;
    this.#handle = handle;
    this.#length = length;
  }

  /** Makes a new segment; a file left empty by a crash is taken over. Throws {@link StorageError}. */
  static async create(path: string): Promise<Segment> {
    try {
      return new Segment(path, await open(path, 'w', 0o600), 0);
    } catch (error) {
      throw StorageError.from(error);
    }
  }

  /**
   * Appends and syncs. Throws {@link StorageError} with the file as it was before, or `isUsable` false when even that failed.
   */
  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      await writeFully(this.#handle, bytes, this.#length);
      await this.#handle.datasync();
      this.#length += bytes.length;
    } catch (error) {
      await this.#handle.truncate(this.#length).catch(() => {
        this.isUsable = false;
      });
      throw StorageError.from(error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Bytes read at a time. */
const chunkBytes = 1024 * 1024;
const lineFeed = 0x0a;

/**
 * Reads a segment line by line, in memory that does not grow with it. A torn tail (a last line without its end, never
 * acknowledged) is cut off without a word; a whole line whose checksum does not hold is skipped, and the file's bytes are kept
 * beside it under `.damaged`. Gives what a user should hear of.
 */
export async function readSegment(path: string, now: number, onLine: (line: ReadLine) => void): Promise<string[]> {
  let rest: Buffer = Buffer.alloc(0);
  let wholeBytes = 0;
  let damaged = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      const line = parseLine(bytes.subarray(start, end));
      if (line) {
        onLine(line);
      } else {
        damaged++;
      }
      start = end + 1;
    }
    wholeBytes += start;
    rest = bytes.subarray(start);
  }
  if (damaged > 0) {
    const aside = `${path}.damaged-${now}`;
    await copyFile(path, aside);
    return [
      `${basename(path)} has ${damaged} damaged line(s); they were skipped and the file was kept as ${basename(aside)}.`,
    ];
  }
  if (rest.length > 0) {
    await truncate(path, wholeBytes);
  }
  return [];
}
