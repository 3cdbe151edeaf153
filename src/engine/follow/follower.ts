import { stat } from 'node:fs/promises';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import type { ImportHome } from '../import/homes.ts';
import { searchFolders } from '../import/homes.ts';
import type { Log } from '../lifecycle/log.ts';
import { createFolderWatch } from './folderWatch.ts';
import { createPathReader } from './transcriptPaths.ts';
import { findAncestors, newestFirst } from './watchedFolders.ts';

/** What a follower is given to read with. Both throw the reason of the signal when that is aborted. */
export interface FollowerWork {
  /** Looks through everything of these agents and reads what is new. */
  scan(agents: readonly TranscriptAgent[], signal: AbortSignal, onFolder: (path: string) => void): Promise<void>;
  /** Reads what is new in these files. */
  read(paths: ReadonlyMap<string, TranscriptAgent>, signal: AbortSignal): Promise<void>;
}

export interface FollowerOptions {
  readonly home: ImportHome;
  readonly work: FollowerWork;
  readonly log: Log;
  readonly pace?: Partial<FollowerPace>;
}

/** All in ms, but `watches`. */
export interface FollowerPace {
  /** Before the first look. */
  readonly firstMs: number;
  /** Between a change and reading it: agents write several lines at once. */
  readonly quietMs: number;
  /** Between two looks through everything, which find what no watch told: new roots, network disks, folders beyond the limit. */
  readonly scanMs: number;
  /** Folders that are watched at most. */
  readonly watches: number;
}

const usualPace: FollowerPace = { firstMs: 0, quietMs: 100, scanMs: 60_000, watches: 1_000 };
/** After work of so many ms nothing is read for a while: little of one core is used, and what takes no time is told within a second. */
const restAfter = (ms: number): number => Math.min(9 * ms, Math.max(400, 3 * ms));

/** Follows agents as they write. */
export interface Follower {
  /** Follows these from now on, and no others. */
  follow(agents: readonly TranscriptAgent[]): void;
  /** Reads nothing until the function that it gives is called; resolves when nothing is being read. */
  pause(): Promise<() => void>;
  /** Ends it; resolves when nothing is being read. */
  close(): Promise<void>;
}

export function createFollower({ home, work, log, pace }: FollowerOptions): Follower {
  const { firstMs, quietMs, scanMs, watches } = { ...usualPace, ...pace };
  let agents: readonly TranscriptAgent[] = [];
  let readPath = createPathReader([], home);
  const changed = new Map<string, TranscriptAgent>();
  const toScan = new Set<TranscriptAgent>();
  /** Folders of each agent at its last look. */
  const visited = new Map<TranscriptAgent, Set<string>>();
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let stopping = new AbortController();
  let pauses = 0;
  let isClosed = false;
  let restUntil = performance.now() + firstMs;
  let hasToldRefusal = false;

  const watch = createFolderWatch({
    limit: watches,
    onChange: path => void onChange(path),
    onRefused: error => {
      if (!hasToldRefusal) {
        hasToldRefusal = true;
        log('warn', `Transcripts can't all be watched (${error.message}); they are looked through every minute.`);
      }
    },
  });
  const interval = setInterval(() => scanSoon(agents), scanMs);
  interval.unref();

  async function onChange(path: string): Promise<void> {
    for (const meaning of readPath(path)) {
      if (meaning.kind === 'transcript') {
        changed.set(meaning.path, meaning.agent);
        schedule();
      } else if ((await stat(path).catch(() => null))?.isDirectory()) {
        scanSoon([meaning.agent]);
      }
    }
  }

  function scanSoon(some: readonly TranscriptAgent[]): void {
    for (const agent of some.filter(name => agents.includes(name))) {
      toScan.add(agent);
    }
    schedule();
  }

  function schedule(): void {
    const isWanted = changed.size > 0 || toScan.size > 0;
    if (timer === null && running === null && pauses === 0 && !isClosed && isWanted) {
      timer = setTimeout(begin, Math.max(quietMs, restUntil - performance.now()));
      timer.unref();
    }
  }

  function begin(): void {
    timer = null;
    stopping = new AbortController();
    running = run(stopping.signal).finally(() => {
      running = null;
      schedule();
    });
  }

  async function run(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const scans = [...toScan];
    // What is looked through is not read one by one too.
    const paths = new Map([...changed].filter(([, agent]) => agents.includes(agent) && !toScan.has(agent)));
    toScan.clear();
    changed.clear();
    try {
      if (scans.length > 0) {
        await scan(scans, signal);
      }
      if (paths.size > 0) {
        await work.read(paths, signal);
      }
    } catch (error) {
      // What was not read is found by the next look; the cursors know.
      for (const agent of [...scans, ...paths.values()]) {
        toScan.add(agent);
      }
      if (!signal.aborted) {
        log('error', `Transcripts could not be followed: ${error instanceof Error ? error.message : error}`);
        restUntil = performance.now() + scanMs;
        return;
      }
    }
    restUntil = performance.now() + restAfter(performance.now() - startedAt);
  }

  async function scan(some: readonly TranscriptAgent[], signal: AbortSignal): Promise<void> {
    for (const agent of some) {
      const folders = new Set<string>();
      const see = (path: string) => {
        folders.add(path);
        watch.add(path);
      };
      for (const { root } of searchFolders(agent, home)) {
        (await findAncestors(root, home.home)).forEach(see);
      }
      await work.scan([agent], signal, see);
      visited.set(agent, folders);
    }
    await settleWatches();
  }

  async function settleWatches(): Promise<void> {
    const all = new Set(agents.flatMap(agent => [...(visited.get(agent) ?? [])]));
    const kept = all.size > watches ? new Set((await newestFirst([...all])).slice(0, watches)) : all;
    watch.keepOnly(kept);
    kept.forEach(watch.add);
  }

  return {
    follow: wanted => {
      if (wanted.join() !== agents.join()) {
        const added = wanted.filter(agent => !agents.includes(agent));
        agents = [...wanted];
        readPath = createPathReader(agents, home);
        void settleWatches();
        scanSoon(added);
      }
    },
    pause: async () => {
      pauses += 1;
      clearTimeout(timer ?? undefined);
      timer = null;
      stopping.abort(new Error('Something else is imported first.'));
      await running;
      let isOver = false;
      return () => {
        if (!isOver) {
          isOver = true;
          pauses -= 1;
          schedule();
        }
      };
    },
    close: async () => {
      isClosed = true;
      clearInterval(interval);
      clearTimeout(timer ?? undefined);
      watch.close();
      stopping.abort(new Error('The engine is leaving.'));
      await running;
    },
  };
}
