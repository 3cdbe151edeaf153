import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Appended, Ledger } from '../../ledger/ledger.ts';
import type { Log } from '../lifecycle/log.ts';
import { followDeletions } from '../metrics/deletedSums.ts';
import { addReadings, noReading, type Reading, readCall, readLedger } from '../metrics/reading.ts';
import { AllLedgers } from './allLedgers.ts';
import type { ClosedLedgers } from './closedLedgers.ts';
import type { DoubleRow } from './doubles.ts';

const allTime = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

interface AllTimeOptions {
  readonly closedLedgers: ClosedLedgers;
  /** Folders of ledgers that are not open, as of now. */
  readonly closedFolders: () => readonly string[];
  /** Ledgers that are open, by folder, as of now. */
  readonly open: ReadonlyMap<string, Ledger>;
  readonly log: Log;
}

/**
 * What all ledgers of the user come to, of all time, each call once; for metrics and forwarding. Begins when it is first asked, since
 * it looks into every ledger there is; afterwards only those that were written to are read again.
 */
export class AllTimeReading {
  readonly #options: AllTimeOptions;
  #all: AllLedgers | null = null;
  #isReady: Promise<void> = Promise.resolve();
  #onDouble: (rows: readonly DoubleRow[]) => void = () => {};
  readonly #closed = new Map<string, { readonly lastWrite: number; readonly reading: Reading }>();

  constructor(options: AllTimeOptions) {
    this.#options = options;
  }

  async read(): Promise<Reading> {
    const { open, closedFolders } = this.#options;
    const all = this.#start();
    await this.#isReady;
    await all.settle();
    let reading = noReading;
    for (const [folder, ledger] of open) {
      reading = addReadings(reading, readLedger(ledger));
      reading = addReadings(reading, await this.#readDeleted(folder));
    }
    for (const folder of closedFolders()) {
      reading = addReadings(reading, await this.#readClosed(folder));
    }
    return all.extra(allTime).reduce((rest, row) => addReadings(rest, readCall(row), -1), reading);
  }

  /**
   * Tells of the calls that several ledgers hold: of all there are, and from then on each time their rows were compared. Resolves when
   * all were told.
   */
  async watchDoubles(onDouble: (rows: readonly DoubleRow[]) => void): Promise<void> {
    this.#onDouble = onDouble;
    const wasStarted = this.#all !== null;
    const all = this.#start();
    await this.#isReady;
    await all.settle();
    if (wasStarted) {
      await all.review();
    }
  }

  /** A ledger was opened, and stays open. */
  async addOpen(folder: string, ledger: Ledger): Promise<void> {
    await this.#isReady;
    await this.#all?.addOpen(folder, ledger);
  }

  /** Records were stored in an open ledger. */
  onStored(folder: string, records: readonly UsageRecord[], appended: readonly Appended[]): void {
    for (const [index, { ids }] of records.entries()) {
      this.#all?.look(folder, ids, appended[index]?.id ?? '');
    }
  }

  /** Rows of an open ledger changed in another way. */
  async onRevised(): Promise<void> {
    await this.#all?.review();
  }

  stop(): void {
    this.#all?.stop();
  }

  #start(): AllLedgers {
    if (this.#all === null) {
      const all = new AllLedgers(
        0,
        this.#options.closedLedgers,
        () => {},
        rows => this.#onDouble(rows),
      );
      this.#all = all;
      this.#isReady = this.#compareAll(all);
    }
    return this.#all;
  }

  async #compareAll(all: AllLedgers): Promise<void> {
    const { open, closedFolders } = this.#options;
    for (const [folder, ledger] of open) {
      await all.addOpen(folder, ledger);
    }
    for (const folder of closedFolders()) {
      await all.addClosed(folder);
    }
  }

  async #readClosed(folder: string): Promise<Reading> {
    const { closedLedgers } = this.#options;
    const lastWrite = await closedLedgers.lastWrite(folder);
    if (lastWrite === null) {
      return noReading;
    }
    let known = this.#closed.get(folder);
    if (known?.lastWrite !== lastWrite) {
      const reading = await closedLedgers.read(folder, readLedger);
      known = reading === null ? known : { lastWrite, reading };
      if (known) {
        this.#closed.set(folder, known);
      }
    }
    return addReadings(known?.reading ?? noReading, await this.#readDeleted(folder));
  }

  async #readDeleted(folder: string): Promise<Reading> {
    try {
      return await followDeletions(folder);
    } catch (error) {
      this.#options.log('warn', `Metrics can't follow deletions: ${error instanceof Error ? error.message : error}`);
      return noReading;
    }
  }
}
