import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Disk, realDisk } from '../../ledger/disk/disk.ts';
import { databaseName } from '../../ledger/disk/snapshot.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import type { Log } from '../lifecycle/log.ts';
import { FolderHeldError, lockFolder } from '../lock/folderLock.ts';
import { readOnlyDisk } from './readOnlyDisk.ts';

/** Looks into the ledgers of workspaces that no window has open, one at a time and briefly. */
export interface ClosedLedgers {
  /** Changes nothing there. Gives null when the folder is gone, or another engine's, or can't be read. */
  read<T>(folder: string, look: (ledger: Ledger) => Promise<T> | T): Promise<T | null>;
  /** The same with changes, which are durable afterwards: of what is queued for destinations. */
  change<T>(folder: string, change: (ledger: Ledger) => Promise<T> | T): Promise<T | null>;
  /** When something was last written to a folder, epoch ms; null when there is no ledger in it. */
  lastWrite(folder: string): Promise<number | null>;
  /** Resolves when nobody looks into the folder. */
  whenFree(folder: string): Promise<void>;
  /** Looks into no further folder; resolves when nobody looks into any. */
  stop(): Promise<void>;
}

export function createClosedLedgers(log: Log): ClosedLedgers {
  /** The last look at each folder, under way or over. */
  const looks = new Map<string, Promise<void>>();
  let queue: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  async function look<T>(folder: string, action: (ledger: Ledger) => Promise<T> | T, disk: Disk): Promise<T | null> {
    if (isStopped || (await lastWrite(folder)) === null) {
      return null;
    }
    try {
      const lock = await lockFolder(folder);
      try {
        const ledger = await openLedger({
          folder: lock.folder,
          price: throwUnasked,
          now: Date.now,
          log: () => {},
          disk,
        });
        try {
          return await action(ledger);
        } finally {
          await ledger.close();
        }
      } finally {
        await lock.release();
      }
    } catch (error) {
      // An engine alone may have it: then it is not one of ours at the moment.
      const level = error instanceof FolderHeldError ? 'info' : 'warn';
      log(level, `Not in the sums of this computer: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  function lookInTurn<T>(folder: string, action: (ledger: Ledger) => Promise<T> | T, disk: Disk): Promise<T | null> {
    const result = queue.then(() => look(folder, action, disk));
    queue = result.catch(() => undefined);
    looks.set(
      folder,
      result.then(
        () => undefined,
        () => undefined,
      ),
    );
    return result;
  }

  return {
    read: (folder, action) => lookInTurn(folder, action, readOnlyDisk),
    change: (folder, action) => lookInTurn(folder, action, realDisk),
    lastWrite,
    whenFree: async folder => looks.get(folder),
    stop: async () => {
      isStopped = true;
      await queue;
    },
  };
}

async function lastWrite(folder: string): Promise<number | null> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter(name => name === databaseName || name.startsWith('journal-'));
  const times = await Promise.all(
    files.map(name =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.length === 0 ? null : Math.max(...times);
}

function throwUnasked(): never {
  throw new Error('A closed ledger prices nothing.');
}
