import { randomBytes } from 'node:crypto';
import { realpath, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findLockPlace, type LockPlace } from './lockPlace.ts';
import { type Answer, listen, listLocks, type Probe, probe } from './lockProbe.ts';
import { makeFolder } from './makeFolder.ts';

/** Who holds a folder, as far as it says so. */
export interface FolderOwner {
  readonly pid: number | null;
  /** Base URL of its HTTP interface, once it listens. */
  readonly url: string | null;
  /** It is on its way out: the folder will be free soon. */
  readonly leaving: boolean;
}

/** Another live engine owns the folder. */
export class FolderHeldError extends Error {
  readonly owner: FolderOwner;

  constructor(folder: string, owner: FolderOwner) {
    const who = owner.pid === null ? 'another engine' : `another engine (process ${owner.pid})`;
    super(`${folder} is in use by ${who}${owner.url === null ? '' : ` at ${owner.url}`}.`);
    this.name = 'FolderHeldError';
    this.owner = owner;
  }
}

export interface FolderLock {
  /** The folder's real path. */
  readonly folder: string;
  /** Tells those who ask where the owner listens, or that it leaves. */
  announce(news: { readonly url?: string; readonly leaving?: boolean }): void;
  release(): Promise<void>;
}

const settleMs = 20;
const patienceMs = 10_000;
/** How long an engine that leaves may take to write its ledgers, ms. */
const leavingMs = 15_000;

/**
 * Makes this process the only owner of a folder (made when missing), by a bound socket that a dead process can't hold.
 * Throws `FolderHeldError`, and what the file system throws.
 *
 * On Unix each engine binds a socket of its own name, and only then looks at the others in the same place: one that
 * refuses is dead for ever, since names are never used twice, so removing it can't hurt a rival that is just starting. Of
 * two that look after binding, at least one sees the other; of two candidates the smaller name goes on. On Windows a
 * pipe's first instance is exclusive by itself.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await makeFolder(folder);
  const real = await realpath(folder);
  const place = await findLockPlace(real);
  const nonce = randomBytes(8).toString('hex');
  const answer: { -readonly [K in keyof Answer]: Answer[K] } = {
    pid: process.pid,
    url: null,
    nonce,
    state: 'candidate',
  };
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.end(`${JSON.stringify(answer)}\n`);
  });
  const path = await bind(server, place, nonce, real);
  const release = async () => {
    // While this process still answers: afterwards anyone may clear the name away.
    if (place.kind === 'folder') {
      await rm(path, { force: true });
    }
    await new Promise(resolve => server.close(resolve));
  };
  try {
    await outlastRivals(place, path, nonce, real);
  } catch (error) {
    await release();
    throw error;
  }
  answer.state = 'owner';
  server.unref();
  return {
    folder: real,
    announce: news => {
      answer.url = news.url ?? answer.url;
      answer.state = news.leaving ? 'leaving' : answer.state;
    },
    release,
  };
}

/** Takes a folder, waiting for an owner that says it is leaving. Throws what `take` throws. */
export async function outlastLeaving<T>(take: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + leavingMs; ; await sleep(settleMs)) {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof FolderHeldError && error.owner.leaving) || Date.now() > deadline) {
        throw error;
      }
    }
  }
}

async function bind(server: Server, place: LockPlace, nonce: string, folder: string): Promise<string> {
  if (place.kind === 'pipe') {
    try {
      await listen(server, place.path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') {
        throw error;
      }
      throw new FolderHeldError(folder, describe(await probe(place.path)));
    }
    return place.path;
  }
  // Renamed once it listens: a name that others can see never refuses while its process lives.
  const path = place.pathOf(nonce);
  const unready = place.unreadyPathOf(nonce);
  await listen(server, unready);
  await rename(unready, path);
  return path;
}

async function outlastRivals(place: LockPlace, own: string, nonce: string, folder: string): Promise<void> {
  if (place.kind === 'pipe') {
    return;
  }
  for (const deadline = Date.now() + patienceMs; ; await sleep(settleMs)) {
    const rivals: Exclude<Probe, 'dead'>[] = [];
    for (const path of await listLocks(place)) {
      if (path !== own) {
        const found = await probe(path);
        if (found === 'dead') {
          await rm(path, { force: true });
        } else {
          rivals.push(found);
        }
      }
    }
    if (rivals.length === 0) {
      return;
    }
    const winner = rivals.find(rival => rival === 'silent' || rival.state !== 'candidate' || rival.nonce < nonce);
    if (winner !== undefined || Date.now() > deadline) {
      throw new FolderHeldError(folder, describe(winner ?? 'silent'));
    }
  }
}

function describe(found: Probe): FolderOwner {
  return typeof found === 'string'
    ? { pid: null, url: null, leaving: false }
    : { pid: found.pid, url: found.url, leaving: found.state === 'leaving' };
}
