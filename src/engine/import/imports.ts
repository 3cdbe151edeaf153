import { type TranscriptAgent, transcriptAgents } from '../../capture/transcripts/transcript.ts';
import type { Settings } from '../../contributions.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { readFollowedAgents } from '../follow/followedAgents.ts';
import { createFollower, type FollowerPace } from '../follow/follower.ts';
import { HttpProblem } from '../http/problem.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { Log } from '../lifecycle/log.ts';
import { type Cursors, isUnchanged, openCursors } from './cursors.ts';
import { describeFile, type FoundFolder, findTranscripts } from './findTranscripts.ts';
import { type ImportHome, resolveOwnHome } from './homes.ts';
import { importFiles } from './importFiles.ts';
import { createHistorySinks, createLiveSinks } from './ledgerSinks.ts';
import type { ImportCounts } from './recordBatch.ts';
import { type ImportOptions, runImport } from './runImport.ts';

export interface ImportsOptions {
  /** Folder that keeps the cursors of all ledgers. */
  readonly folder: string;
  /** The ledger that a record belongs to. */
  readonly ledgerFor: (record: UsageRecord) => LiveLedger;
  /** User data folders of VS Code besides the usual ones. */
  readonly userData: readonly string[];
  /** Whether agents are followed from their first import on; else only those that the settings name. */
  readonly followsImported: boolean;
  /** The process' own environment. */
  readonly env: ImportHome['env'];
  readonly log: Log;
  readonly pace?: Partial<FollowerPace> | undefined;
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

/** Imports in a live engine, one at a time, and agents that are followed as they write. */
export interface Imports {
  /** The process' own environment, for who names none. */
  readonly env: ImportHome['env'];
  /** What is there to import. */
  find(request: ImportRequest): Promise<PendingFolder[]>;
  /** Imports; throws `HttpProblem` (409) while another import is under way, `StorageError`, and the reason of a cancelling signal. */
  run(request: ImportRequest, watchers: Watchers): Promise<ImportCounts>;
  /** Follows the agents that the setting names; nobody before the first time. */
  follow(wishes: Settings['transcripts.watch']): void;
  /** Cancels for good what is under way: the engine leaves. Resolves when nothing is read any more. */
  stop(): Promise<void>;
}

/** While agents are followed, cursors are stored so often at most, ms: reading again after a crash is harmless. */
const followSaveMs = 30_000;

export function createImports(options: ImportsOptions): Imports {
  const { folder, ledgerFor, env, log } = options;
  const leaving = new AbortController();
  const withUserData = (home: ImportHome): ImportHome => ({ ...home, userData: home.userData ?? options.userData });
  const ownHome = withUserData(resolveOwnHome(env));
  const historySinks = createHistorySinks(ledgerFor);
  const liveSinks = createLiveSinks(ledgerFor, Date.now);
  let opening: Promise<Cursors> | null = null;
  const useCursors = (): Promise<Cursors> => {
    opening ??= openCursors(folder);
    return opening;
  };
  const imported = readFollowedAgents(folder);
  let wishes: Settings['transcripts.watch'] | null = null;
  let isBusy = false;

  const follower = createFollower({
    home: ownHome,
    log,
    ...(options.pace && { pace: options.pace }),
    work: {
      scan: async (agents, signal, onFolder) => {
        const cursors = await useCursors();
        await runImport({ agents, home: ownHome, cursors, sinkFor: liveSinks, log, signal, onFolder });
      },
      read: async (paths, signal) => {
        const cursors = await useCursors();
        const files = await Promise.all([...paths].map(([path, agent]) => describeFile(agent, path)));
        const changed = files.filter(file => file !== null).filter(file => !isUnchanged(file, cursors.get(file.path)));
        const counts = { files: 0, records: 0, new: 0, duplicates: 0, skipped: 0 };
        await importFiles(changed, { cursors, counts, sinkFor: liveSinks, log, signal, saveMs: followSaveMs });
      },
    },
  });

  async function updateFollowed(): Promise<void> {
    const known = options.followsImported ? (await imported).list() : [];
    const asked = wishes;
    if (asked !== null) {
      follower.follow(transcriptAgents.filter(agent => asked[agent] ?? known.includes(agent)));
    }
  }

  async function importNow({ agents, home }: ImportRequest, { signal, ...watchers }: Watchers): Promise<ImportCounts> {
    const stopping = AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]);
    const proceed = await follower.pause();
    try {
      const cursors = await useCursors();
      const run = { agents, home: withUserData(home), cursors, sinkFor: historySinks, log, signal: stopping };
      const counts = await runImport({ ...run, ...watchers });
      log('info', `Imported ${counts.new} new of ${counts.records} calls in ${counts.files} transcripts.`);
      if (home.home === ownHome.home) {
        await (await imported).add(agents);
        await updateFollowed();
      }
      return counts;
    } finally {
      proceed();
    }
  }

  return {
    env,
    find: async ({ agents, home }) => {
      const folders = await findTranscripts(agents, withUserData(home), { signal: leaving.signal });
      const cursors = await useCursors();
      return folders.map(found => ({
        ...found,
        changedFiles: found.files.filter(file => !isUnchanged(file, cursors.get(file.path))).length,
      }));
    },
    run: async (request, watchers) => {
      if (isBusy) {
        throw new HttpProblem(409, 'An import is under way already.', { headers: { 'retry-after': '5' } });
      }
      isBusy = true;
      try {
        return await importNow(request, watchers);
      } finally {
        isBusy = false;
      }
    },
    follow: asked => {
      wishes = asked;
      void updateFollowed();
    },
    stop: async () => {
      leaving.abort(new Error('The engine is leaving.'));
      await follower.close();
      await (await opening)?.save();
    },
  };
}
