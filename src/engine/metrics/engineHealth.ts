import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseName } from '../../ledger/disk/snapshot.ts';

/** How often the delay of the event loop is sampled, ms. */
const sampleMs = 500;

/** What a ledger's files tell. Bytes; epoch ms, null before the first snapshot. */
export interface StorageHealth {
  readonly journalBytes: number;
  readonly snapshotAt: number | null;
}

/** Reads it from the folder. */
export async function readStorageHealth(folder: string): Promise<StorageHealth> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names
      .filter(name => /^journal-\d+\.log$/.test(name))
      .map(name =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  const snapshot = await stat(join(folder, databaseName)).catch(() => null);
  return { journalBytes: sizes.reduce((sum, size) => sum + size, 0), snapshotAt: snapshot?.mtimeMs ?? null };
}

/** Calls `onDelay` with how late the event loop was, in s, twice a second from now on. Keeps no process alive. */
export function sampleEventLoop(onDelay: (seconds: number) => void): void {
  let due = performance.now() + sampleMs;
  setInterval(() => {
    const now = performance.now();
    onDelay(Math.max(0, now - due) / 1000);
    due = now + sampleMs;
  }, sampleMs).unref();
}
