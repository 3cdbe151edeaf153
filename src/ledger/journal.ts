import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from './change.ts';
import { StorageError, syncFolder } from './files.ts';
import { formatLine } from './journalLine.ts';
import { readSegment, Segment } from './segment.ts';

const segmentName = /^journal-(\d{12})\.log$/;

/** Paths of a folder's segments with the sequence number each begins at, oldest first. */
async function listSegments(folder: string): Promise<{ path: string; first: number }[]> {
  const names = (await readdir(folder)).filter(name => segmentName.test(name)).sort();
  return names.map(name => ({ path: join(folder, name), first: Number(segmentName.exec(name)?.[1]) }));
}

/** The append-only journal of a ledger: numbered lines in segments; a segment starts after every snapshot. */
export class Journal {
  readonly #folder: string;
  #next = 1;
  #segment: Segment | null = null;

  constructor(folder: string) {
    this.#folder = folder;
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
    const segments = await listSegments(this.#folder);
    for (const [index, { path }] of segments.entries()) {
      const next = segments[index + 1]?.first;
      if (next === undefined || next > after + 1) {
        const found = await readSegment(path, now, ({ sequence, readChange }) => {
          if (sequence > after) {
            onChange(readChange());
          }
          this.#next = Math.max(this.#next, sequence + 1);
        });
        warnings.push(...found);
      }
    }
    return warnings;
  }

  /** Appends changes and makes them durable with one sync. Throws {@link StorageError}; then none of them is in the journal. */
  async append(changes: readonly Change[]): Promise<void> {
    let text = '';
    let sequence = this.#next;
    for (const change of changes) {
      text += formatLine({ sequence: sequence++, change });
    }
    const segment = await this.#writable();
    // A failed write may leave bytes behind, so its numbers are never given out again.
    this.#next = sequence;
    await segment.append(text);
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
    await segment?.close();
  }

  /** Deletes the segments that hold nothing after a sequence number. */
  async discardThrough(sequence: number): Promise<void> {
    const segments = await listSegments(this.#folder);
    for (const [index, { path }] of segments.entries()) {
      const next = segments[index + 1]?.first;
      if (next !== undefined && next <= sequence + 1 && path !== this.#segment?.path) {
        await unlink(path);
      }
    }
  }

  async #writable(): Promise<Segment> {
    if (this.#segment && !this.#segment.isUsable) {
      await this.close().catch(() => undefined);
    }
    if (!this.#segment) {
      const path = join(this.#folder, `journal-${String(this.#next).padStart(12, '0')}.log`);
      this.#segment = await Segment.create(path);
      await syncFolder(this.#folder).catch(error => {
        throw StorageError.from(error);
      });
    }
    return this.#segment;
  }
}
