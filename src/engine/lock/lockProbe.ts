import { readdir } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import { join } from 'node:path';
import type { LockPlace } from './lockPlace.ts';

/** What the holder of a lock says of itself, as one JSON line. */
export interface Answer {
  readonly pid: number;
  readonly url: string | null;
  readonly nonce: string;
  readonly state: 'candidate' | 'owner' | 'leaving';
}

/** `dead`: nobody listens. `silent`: somebody does and says nothing sensible, e.g. a stopped process. */
export type Probe = Answer | 'silent' | 'dead';

const answerMs = 1_000;

/** Asks the socket or pipe at a path who listens. Never throws. */
export async function probe(path: string): Promise<Probe> {
  for (let attempt = 1; ; attempt++) {
    const text = await readLine(path);
    if (text === 'dead' || text === 'silent') {
      return text;
    }
    const answer = parseAnswer(text);
    // An owner that dies or leaves while it is asked answers nothing: ask again.
    if (answer !== null || attempt === 3) {
      return answer ?? 'silent';
    }
  }
}

function readLine(path: string): Promise<string> {
  return new Promise(resolve => {
    const socket = createConnection(path);
    let text = '';
    const finish = (result: string) => {
      socket.destroy();
      resolve(result);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(answerMs, () => finish('silent'));
    socket.on('data', chunk => {
      text += chunk;
      if (text.length > 10_000) {
        finish('silent');
      }
    });
    socket.on('end', () => finish(text));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT') {
        finish('dead');
      } else {
        // Whatever else goes wrong (a full queue, another user's socket): somebody is there.
        finish(code === 'ECONNRESET' || code === 'EPIPE' ? '' : 'silent');
      }
    });
  });
}

/** The paths of all locks in a place, whether their processes live or not. */
export async function listLocks(place: LockPlace & { kind: 'folder' }): Promise<string[]> {
  const names = await readdir(place.dir);
  return names
    .filter(name => name.startsWith(place.prefix) && name.endsWith('.sock'))
    .map(name => join(place.dir, name));
}

/** Resolves when the server listens on the path. */
export function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function parseAnswer(text: string): Answer | null {
  try {
    const { pid, url, nonce, state } = JSON.parse(text);
    const known = state === 'candidate' || state === 'owner' || state === 'leaving';
    return known && typeof pid === 'number' && typeof nonce === 'string'
      ? { pid, url: typeof url === 'string' ? url : null, nonce, state }
      : null;
  } catch {
    return null;
  }
}
