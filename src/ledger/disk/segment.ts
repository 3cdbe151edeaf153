import { basename } from 'node:path';
import type { Disk, DiskFile } from './disk.ts';
import { replaceFile, StorageError, writeFully } from './files.ts';
import { parseLine, type ReadLine } from './journalLine.ts';

/** One journal file, open for appending. */
export class Segment {
  readonly path: string;
  readonly #file: DiskFile;
  /** Bytes that are known to be good; anything after them was refused. */
  #length = 0;
  /** Whether refused bytes are still in the file. */
  #isSoiled = false;
  #isUsable = true;

  private constructor(path: string, file: DiskFile) {
    this.path = path;
    this.#file = file;
  }

  /** Makes a new segment; a file that holds nothing valid is taken over. Throws {@link StorageError}. */
  static async create(path: string, disk: Disk): Promise<Segment> {
    try {
      return new Segment(path, await disk.create(path, 0o600));
    } catch (error) {
      throw StorageError.from(error);
    }
  }

  /** False once the file can't be trusted with further lines: they belong into a new segment. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Appends and syncs. Throws {@link StorageError}; then the bytes are taken back, at the latest by {@link close}. */
  async append(pieces: Iterable<string>): Promise<void> {
    let length = this.#length;
    try {
      for (const piece of pieces) {
        const bytes = Buffer.from(piece);
        await writeFully(this.#file, bytes, length);
        length += bytes.length;
      }
    } catch (error) {
      await this.#takeBack();
      throw StorageError.from(error);
    }
    try {
      await this.#file.datasync();
    } catch (error) {
      // What a failed sync left on the disk nobody knows, and the next sync would not tell.
      this.#isUsable = false;
      await this.#takeBack();
      throw StorageError.from(error);
    }
    this.#length = length;
  }

  async close(): Promise<void> {
    if (this.#isSoiled) {
      await this.#takeBack();
    }
    await this.#file.close();
  }

  async #takeBack(): Promise<void> {
    try {
      await this.#file.truncate(this.#length);
      await this.#file.datasync();
      this.#isSoiled = false;
    } catch {
      this.#isSoiled = true;
      this.#isUsable = false;
    }
  }
}

const lineFeed = 0x0a;

/**
 * Reads a segment line by line, in memory that does not grow with it. A torn tail (a last line without its end, never
 * acknowledged) is left out without a word; a whole line whose checksum does not hold is taken out of the file, which is kept as
 * it was under `.damaged`. Gives what a user should hear of.
 */
export async function readSegment(
  path: string,
  now: number,
  onLine: (line: ReadLine) => void,
  disk: Disk,
): Promise<string[]> {
  let damaged = 0;
  for await (const bytes of readLines(path, disk)) {
    const line = parseLine(bytes);
    if (line) {
      onLine(line);
    } else {
      damaged++;
    }
  }
  if (damaged === 0) {
    return [];
  }
  const aside = `${path}.damaged-${now}`;
  await disk.copy(path, aside);
  // So that it is set aside and reported once, not at every start.
  await removeDamaged(path, disk).catch(() => undefined);
  const what = `${damaged} damaged line${damaged === 1 ? '' : 's'}`;
  return [`${basename(path)} had ${what}; what they held is missing, and the file was kept as ${basename(aside)}.`];
}

/** The lines of a file without their line feeds; what comes after the last one is left out. */
async function* readLines(path: string, disk: Disk): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of disk.read(path)) {
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
}

async function removeDamaged(path: string, disk: Disk): Promise<void> {
  const good: Buffer[] = [];
  for await (const bytes of readLines(path, disk)) {
    if (parseLine(bytes)) {
      good.push(bytes, Buffer.of(lineFeed));
    }
  }
  await replaceFile(path, Buffer.concat(good), 0o600, disk);
}
