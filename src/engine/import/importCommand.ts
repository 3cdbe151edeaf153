import { resolve } from 'node:path';
import type { ImportSummary } from '../../api/contract.ts';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import { createPriceBook } from '../../core/prices/priceBook.ts';
import { computeCost } from '../../core/prices/pricing.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { historyKey } from '../budgets/history.ts';
import { appendAdmitted, Retention } from '../ledgers/retention.ts';
import { keepHeapSmall } from '../lifecycle/heap.ts';
import type { Log } from '../lifecycle/log.ts';
import { FolderHeldError, lockFolder, outlastLeaving } from '../lock/folderLock.ts';
import { isUnchanged, openCursors } from './cursors.ts';
import { findTranscripts } from './findTranscripts.ts';
import { resolveHome } from './homes.ts';
import { importThrough } from './importThrough.ts';
import type { ImportSink } from './recordBatch.ts';
import { runImport } from './runImport.ts';

export interface ImportCommand {
  readonly storage: string;
  /** Null: the user's own, and what the environment says. */
  readonly home: string | null;
  readonly agents: readonly TranscriptAgent[];
}

/** How often progress is told, ms. */
const progressMs = 1_000;
/** How often the snapshot is written while it goes on, ms: what a kill costs in reading again. */
const saveMs = 15_000;
const dayMs = 86_400_000;
/** No period of a budget is longer. */
const monthMs = 32 * dayMs;

/**
 * `engine import`: into the ledger of a folder, or through the engine that owns it. Throws `FolderHeldError` when that can't be reached,
 * `StorageError` and what opening a ledger throws.
 */
export async function runImportCommand(
  command: ImportCommand,
  log: Log,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ImportSummary> {
  const storage = resolve(command.storage);
  const home = command.home === null ? null : resolve(command.home);
  const tell = createTeller(log);
  try {
    const lock = await outlastLeaving(() => lockFolder(storage));
    try {
      const cursors = await openCursors(lock.folder);
      const places = resolveHome(home, env);
      const files = (await findTranscripts(command.agents, places, { signal })).flatMap(found => found.files);
      if (files.length > 0 && files.every(file => isUnchanged(file, cursors.get(file.path)))) {
        // The ledger need not even be opened.
        return { files: new Set(files.map(({ path }) => path)).size, records: 0, new: 0, duplicates: 0, skipped: 0 };
      }
      keepHeapSmall();
      const book = createPriceBook({});
      const price = (record: UsageRecord) => computeCost(record, book);
      const ledger = await openLedger({ folder: lock.folder, price, now: Date.now, log, isUnjournaled: true });
      try {
        const sink = createSink(ledger, log);
        return await runImport({
          agents: command.agents,
          home: places,
          cursors,
          sinkFor: () => sink,
          saveMs,
          makeDurable: () => ledger.flush(),
          log,
          signal,
          onProgress: ({ filesRead, filesToRead, records }) => tell(filesRead, filesToRead, records),
        });
      } finally {
        await ledger.close();
      }
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof FolderHeldError)) {
      throw error;
    }
    log('info', `${error.message} The import goes through it.`);
    return importThrough(error, { storage, home, agents: command.agents, env, signal, tell });
  }
}

/** The UTC days of calls that a budget's period may reach back to; for the newest all days that may be today somewhere. */
function findTouchedDays(records: readonly UsageRecord[], now: number): ReadonlySet<string> {
  const days = new Set<string>();
  for (const { timestamp } of records.filter(record => record.timestamp > now - monthMs)) {
    const isNew = timestamp > now - 2 * dayMs;
    for (const at of isNew ? [now - dayMs / 2, now, now + dayMs / 2] : [timestamp]) {
      days.add(new Date(at).toISOString().slice(0, 10));
    }
  }
  return days;
}

/** Marks the days that the import adds to: what budgets count of them notifies nobody. */
function createSink(ledger: Ledger, log: Log): ImportSink {
  const retention = new Retention(ledger, log);
  const marked = new Set<string>();
  return {
    append: async records => {
      for (const day of findTouchedDays(records, Date.now())) {
        const key = historyKey(day);
        if (!marked.has(key)) {
          marked.add(key);
          await ledger.markNotice(key);
        }
      }
      return appendAdmitted(records, retention, admitted => ledger.append(admitted));
    },
  };
}

/** Tells how far an import is, once a second. */
function createTeller(log: Log): (filesRead: number, filesToRead: number, records: number) => void {
  let toldAt = performance.now();
  return (filesRead, filesToRead, records) => {
    if (performance.now() - toldAt > progressMs) {
      toldAt = performance.now();
      log('info', `Import: ${filesRead} of ${filesToRead} changed transcripts read, ${records} calls.`);
    }
  };
}
