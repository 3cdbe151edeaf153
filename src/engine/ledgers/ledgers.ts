import { realpath } from 'node:fs/promises';
import type { Settings } from '../../contributions.ts';
import { HttpProblem } from '../http/problem.ts';
import { FolderHeldError } from '../lock/folderLock.ts';
import { makeFolder } from '../lock/makeFolder.ts';
import type { LiveLedger } from './liveLedger.ts';

/** The ledgers that the windows' engine has open, each once. They stay open until the engine leaves: agents still post. */
export interface Ledgers {
  /** Gives the folder's ledger its settings, opening it first if need be. Throws `HttpProblem`. */
  use(folder: string, settings: Settings): Promise<LiveLedger>;
  list(): readonly LiveLedger[];
  /** Resolves when none is being opened. */
  settle(): Promise<void>;
}

export function createLedgers(open: (folder: string, settings: Settings) => Promise<LiveLedger>): Ledgers {
  const opening = new Map<string, Promise<LiveLedger>>();
  const opened: LiveLedger[] = [];
  return {
    list: () => opened,
    settle: async () => {
      await Promise.allSettled(opening.values());
    },
    use: async (folder, settings) => {
      // One folder may have several names.
      await makeFolder(folder).catch(throwProblem);
      const path = await realpath(folder).catch(throwProblem);
      const known = opening.get(path);
      if (known) {
        const live = await known.catch(throwProblem);
        await live.applySettings(settings).catch(throwProblem);
        return live;
      }
      const promise = open(path, settings);
      opening.set(path, promise);
      try {
        const live = await promise;
        opened.push(live);
        return live;
      } catch (error) {
        // The next window may try again.
        opening.delete(path);
        return throwProblem(error);
      }
    },
  };
}

function throwProblem(error: unknown): never {
  const detail = error instanceof Error ? error.message : String(error);
  throw error instanceof FolderHeldError
    ? new HttpProblem(409, detail, { field: 'workspace.storage', headers: { 'retry-after': '1' } })
    : new HttpProblem(503, `The ledger can't be opened: ${detail}`, { field: 'workspace.storage' });
}
