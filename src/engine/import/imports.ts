import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { LiveLedger } from '../liveLedger.ts';
import type { Log } from '../log.ts';
import { HttpProblem } from '../problem.ts';
import { isUnchanged, openCursors } from './cursors.ts';
import { type FoundFolder, findTranscripts } from './findTranscripts.ts';
import type { ImportHome } from './homes.ts';
import type { ImportCounts, ImportSink } from './recordBatch.ts';
import { type ImportOptions, runImport } from './runImport.ts';

export interface ImportsOptions {
  /** Folder that keeps the cursors of all ledgers. */
  readonly folder: string;
  /** The ledger that a record belongs to. */
  readonly ledgerFor: (record: UsageRecord) => LiveLedger;
  /** User data folders of VS Code besides the usual ones. */
  readonly userData: readonly string[];
  /** The process' own environment. */
  readonly env: ImportHome['env'];
  readonly log: Log;
}

/** What an import is asked for. */
export interface ImportRequest {
  readonly agents: readonly TranscriptAgent[];
  readonly home: ImportHome;
}

type Watchers = Pick<ImportOptions, 'signal' | 'onFound' | 'onProgress'>;

/** A folder with transcripts, and how many of its files are new or changed since they were imported. */
export interface PendingFolder extends FoundFolder {
  readonly changedFiles: number;
}

/** Imports in a live engine, one at a time. */
export interface Imports {
  /** The process' own environment, for who names none. */
  readonly env: ImportHome['env'];
  /** What is there to import. */
  find(request: ImportRequest): Promise<PendingFolder[]>;
  /** Imports; throws `HttpProblem` (409) while another import is under way, `StorageError`, and the reason of a cancelling signal. */
  run(request: ImportRequest, watchers: Watchers): Promise<ImportCounts>;
  /** Cancels for good what is under way: the engine leaves. */
  stop(): void;
}

export function createImports({ folder, ledgerFor, userData, env, log }: ImportsOptions): Imports {
  const leaving = new AbortController();
  const sinks = new WeakMap<LiveLedger, ImportSink>();
  let isBusy = false;

  function sinkFor(record: UsageRecord): ImportSink {
    const live = ledgerFor(record);
    const known = sinks.get(live);
    const sink = known ?? { append: records => live.appendHistory(records) };
    sinks.set(live, sink);
    return sink;
  }

  const withUserData = (home: ImportHome) => ({ ...home, userData: home.userData ?? userData });

  return {
    env,
    find: async ({ agents, home }) => {
      const folders = await findTranscripts(agents, withUserData(home), leaving.signal);
      const cursors = await openCursors(folder);
      return folders.map(found => ({
        ...found,
        changedFiles: found.files.filter(file => !isUnchanged(file, cursors.get(file.path))).length,
      }));
    },
    run: async ({ agents, home }, { signal, ...watchers }) => {
      if (isBusy) {
        throw new HttpProblem(409, 'An import is under way already.', { headers: { 'retry-after': '5' } });
      }
      isBusy = true;
      const stopping = AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]);
      try {
        const options = { agents, home: withUserData(home), folder, sinkFor, log, signal: stopping, ...watchers };
        const counts = await runImport(options);
        log('info', `Imported ${counts.new} new of ${counts.records} calls in ${counts.files} transcripts.`);
        return counts;
      } finally {
        isBusy = false;
      }
    },
    stop: () => leaving.abort(new Error('The engine is leaving.')),
  };
}
