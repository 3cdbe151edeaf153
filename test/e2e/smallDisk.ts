import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A small file system in memory that only processes started by `prefix` see under `path`. */
export interface SmallDisk {
  readonly path: string;
  /** What a command line must begin with to see it. */
  readonly prefix: readonly string[];
  /** The same folder for this process. */
  readonly seenFrom: string;
  /** Takes all room that is left. */
  fill(): Promise<void>;
  /** Gives the room back. */
  free(): Promise<void>;
}

/** Why there can be no small disk here; null when there can. */
export function smallDiskObstacle(): string | null {
  const attempt = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt']);
  return attempt.status === 0 ? null : 'no file system can be mounted here (needs Linux, root and unshare)';
}

/** Mounts a tmpfs in a mount namespace of its own, which ends with the test. */
export async function mountSmallDisk(path: string, size: string): Promise<SmallDisk> {
  const script = `mount -t tmpfs -o size=${size} tmpfs "$0" && echo ready && exec sleep 600`;
  const holder = spawn('unshare', ['-m', 'sh', '-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const seenFrom = `/proc/${holder.pid}/root${path}`;
  const filler = join(seenFrom, 'filler');
  return {
    path,
    prefix: ['nsenter', '-t', String(holder.pid), '-m', '--'],
    seenFrom,
    fill: async () => {
      const file = await open(filler, 'a');
      try {
        for (let length = 65_536; length >= 1; length = Math.floor(length / 2)) {
          for (let isRoom = true; isRoom; ) {
            isRoom = await file.write(Buffer.alloc(length)).then(
              ({ bytesWritten }) => bytesWritten === length,
              () => false,
            );
          }
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler),
  };
}
