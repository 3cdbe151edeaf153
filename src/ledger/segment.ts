import { copyFile, type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { StorageError, writeFully } from './files.ts';
import { type JournalLine, parseLine } from './journalLine.ts';

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

export interface SegmentContent {
  readonly lines: readonly JournalLine[];
  /** What was wrong with the file and what was done about it. */
  readonly warnings: readonly string[];
}

/**
 * Reads a segment. A torn tail (a last line without its end, never acknowledged) is cut off without a word; a whole line whose
 * checksum does not hold is skipped, and the file's bytes are kept beside it under `.damaged`.
 */
export async function readSegment(path: string, now: number): Promise<SegmentContent> {
  const text = await readFile(path, 'utf8');
  const wholeLines = text.slice(0, text.lastIndexOf('\n') + 1);
  const warnings: string[] = [];
  const lines: JournalLine[] = [];
  let damaged = 0;
  for (const line of wholeLines.split('\n').slice(0, -1)) {
    const parsed = parseLine(line);
    if (parsed) {
      lines.push(parsed);
    } else {
      damaged++;
    }
  }
  if (damaged > 0) {
    const aside = `${path}.damaged-${now}`;
    await copyFile(path, aside);
    warnings.push(
      `${basename(path)} has ${damaged} damaged line(s); they were skipped and the file was kept as ${basename(aside)}.`,
    );
  } else if (wholeLines.length < text.length) {
    await truncate(path, Buffer.byteLength(wholeLines));
  }
  return { lines, warnings };
}
