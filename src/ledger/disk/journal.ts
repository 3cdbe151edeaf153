import { join } from 'node:path';
import type { Change } from '../tables/change.ts';
import { type Disk, realDisk } from './disk.ts';
import { ignoreMissing, StorageError } from './files.ts';
import { formatLine, type ReadLine } from './journalLine.ts';
import { readSegment, Segment } from './segment.ts';

/** Characters written at a time, about. */
const pieceLength = 256 * 1024;
const segmentName = /^journal-(\d{12})\.log$/;

interface SegmentPlace {
  readonly path: string;
  /** Sequence number of its first line. */
  readonly first: number;
}

/** A folder's segments, oldest first. */
export async function listSegments(folder: string, disk: Disk): Promise<SegmentPlace[]> {
  const names = (await disk.list(folder)).filter(name => segmentName.test(name)).sort();
  return names.map(name => ({ path: join(folder, name), first: Number(segmentName.exec(name)?.[1]) }));
}

/**
 * The append-only journal of a ledger: numbered lines in segments; a segment starts after every snapshot, and where the disk
 * refused in a way that leaves a file in doubt. A line counts only below the first number of the next segment: what is at or
 * above it was refused and could not be taken back.
 */
export class Journal {
  readonly #folder: string;
  readonly #disk: Disk;
  #next = 1;
  #segment: Segment | null = null;

  constructor(folder: string, disk: Disk = realDisk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Sequence number of the newest line. */
  get sequence(): number {
    return this.#next - 1;
  }

  /**
   * Reads every line after a sequence number, oldest first, and continues the numbering behind it. Gives what a user should
   * hear of. Segments that hold nothing after that number are not even opened.
   */
  async replay(after: number, now: number, onChange: (change: Change) => void): Promise<string[]> {
    const warnings: string[] = [];
    this.#next = after + 1;
    const segments = await listSegments(this.#folder, this.#disk);
    for (const [index, { path, first }] of segments.entries()) {
      const end = segments[index + 1]?.first ?? Number.POSITIVE_INFINITY;
      // A segment without any good line still stands in the way of lower numbers.
      this.#next = Math.max(this.#next, first);
      if (end <= after + 1) {
        continue;
      }
      const onLine = ({ sequence, readChange }: ReadLine) => {
        if (sequence > after && sequence < end) {
          onChange(readChange());
          this.#next = Math.max(this.#next, sequence + 1);
        }
      };
      warnings.push(...(await readSegment(path, now, onLine, this.#disk)));
    }
    const [oldest] = segments;
    if (oldest && oldest.first > after + 1) {
      warnings.push(
        `The journal in ${this.#folder} begins at line ${oldest.first}, but the database ends at ${after}: older usage is missing.`,
      );
    }
    return warnings;
  }

  /** Appends changes and makes them durable with one sync. Throws {@link StorageError}; then none of them is in the journal. */
  async append(changes: readonly Change[]): Promise<void> {
    const segment = await this.#writable();
    await segment.append(formatPieces(changes, this.#next));
    this.#next += changes.length;
  }

  /** Numbers changes that get no line, because a snapshot holds them before anybody is told that they are durable. */
  async pass(changes: readonly Change[]): Promise<void> {
    this.#next += changes.length;
  }

  /**
   * Ends the current segment and starts the next, so that its name tells where this one ended and a start need not read it.
   * Throws {@link StorageError} when the next can't be made; it is tried again with the next line.
   */
  async rotate(): Promise<void> {
    await this.close();
    await this.#writable();
  }

  /** Releases the current segment. */
  async close(): Promise<void> {
    const segment = this.#segment;
    this.#segment = null;
    // What was acknowledged is synced: nothing is lost by a file that does not close well.
    await segment?.close().catch(() => undefined);
  }

  /** Deletes the segments that hold nothing after a sequence number. Throws {@link StorageError}. */
  async discardThrough(sequence: number): Promise<void> {
    try {
      const segments = await listSegments(this.#folder, this.#disk);
      for (const [index, { path }] of segments.entries()) {
        const next = segments[index + 1]?.first;
        if (next !== undefined && next <= sequence + 1 && path !== this.#segment?.path) {
          await this.#disk.unlink(path).catch(ignoreMissing);
        }
      }
    } catch (error) {
      throw StorageError.from(error);
    }
  }

  async #writable(): Promise<Segment> {
    if (this.#segment && !this.#segment.isUsable) {
      await this.close();
    }
    this.#segment ??= await this.#create();
    return this.#segment;
  }

  /** A segment counts once its name is durable; until then nothing may be promised in it. */
  async #create(): Promise<Segment> {
    const path = join(this.#folder, `journal-${String(this.#next).padStart(12, '0')}.log`);
    const segment = await Segment.create(path, this.#disk);
    try {
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      await segment.close().catch(() => undefined);
      throw StorageError.from(error);
    }
    return segment;
  }
}

/** Lines of changes in pieces of some size: while one is written, others get their turn. */
function* formatPieces(changes: readonly Change[], first: number): Generator<string> {
  let text = '';
  for (const [index, change] of changes.entries()) {
    text += formatLine({ sequence: first + index, change });
    if (text.length >= pieceLength) {
      yield text;
      text = '';
    }
  }
  if (text !== '') {
    yield text;
  }
}
