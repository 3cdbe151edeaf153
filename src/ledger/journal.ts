import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from './change.ts';
import { StorageError, syncFolder } from './files.ts';
import { formatLine, type JournalLine } from './journalLine.ts';
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
  #bytesSinceRotation = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Sequence number of the newest line. */
  get sequence(): number {
    return this.#next - 1;
  }

  /** Bytes appended since the last {@link rotate}. */
  get bytesSinceRotation(): number {
    return this.#bytesSinceRotation;
  }

  /** Reads every line after a sequence number, oldest first, and continues the numbering behind it. */
  async replay(after: number, now: number): Promise<{ lines: JournalLine[]; warnings: string[] }> {
    const lines: JournalLine[] = [];
    const warnings: string[] = [];
    this.#next = after + 1;
    for (const { path } of await listSegments(this.#folder)) {
      const content = await readSegment(path, now);
      warnings.push(...content.warnings);
      for (const line of content.lines) {
        if (line.sequence > after) {
          lines.push(line);
        }
        this.#next = Math.max(this.#next, line.sequence + 1);
      }
    }
    return { lines, warnings };
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
    this.#bytesSinceRotation += text.length;
  }

  /** Ends the current segment; the next line starts a new one. */
  async rotate(): Promise<void> {
    const segment = this.#segment;
    this.#segment = null;
    this.#bytesSinceRotation = 0;
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
      await this.rotate().catch(() => undefined);
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
