import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { replaceFile } from '../../ledger/disk/files.ts';

export interface PortWish {
  /** The one asked for; 0 for any free one; null for the one stored in `folder`. */
  readonly port: number | null;
  readonly folder: string;
  /** Whether another port will do when the one asked for is taken. A stored one can always be replaced. */
  readonly isFlexible: boolean;
}

export interface ListeningPort {
  readonly port: number;
  /** The port that was wanted and is held by a foreign program, or null. */
  readonly displaced: number | null;
}

/** The port asked for is not to be had, and no other will do. */
export class PortTakenError extends Error {
  constructor(port: number, code: string) {
    super(
      code === 'EADDRINUSE'
        ? `Port ${port} is in use by another program. Choose another --port, or --port 0 for any free one.`
        : `Port ${port} can't be opened (${code}). Choose another --port, or --port 0 for any free one.`,
    );
    this.name = 'PortTakenError';
  }
}

/**
 * Opens the server on 127.0.0.1. A stored port stays stored when a foreign program holds it, so that it is tried again next
 * time; a port found without a wish is stored. Throws `PortTakenError`.
 */
export async function listenOnPort(server: Server, wish: PortWish): Promise<ListeningPort> {
  const stored = wish.port === null ? await readStoredPort(wish.folder) : null;
  const wanted = wish.port ?? stored ?? 0;
  if (wanted !== 0) {
    const code = await tryListen(server, wanted);
    if (code === null) {
      return { port: wanted, displaced: null };
    }
    if (stored === null && !wish.isFlexible) {
      throw new PortTakenError(wanted, code);
    }
  }
  const code = await tryListen(server, 0);
  if (code !== null) {
    throw new PortTakenError(0, code);
  }
  const { port } = server.address() as AddressInfo;
  if (wish.port === null && stored === null) {
    await storePort(wish.folder, port);
  }
  return { port, displaced: wanted === 0 ? null : wanted };
}

/** Keeps the port for the next start. */
export async function storePort(folder: string, port: number): Promise<void> {
  await replaceFile(join(folder, 'port'), Buffer.from(`${port}\n`));
}

async function readStoredPort(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, 'port'), 'utf8').catch(() => '');
  const port = /^\d{1,5}\s*$/.test(text) ? Number(text) : 0;
  return port > 0 && port <= 65_535 ? port : null;
}

/** Null, or the code of what went wrong (`EADDRINUSE`, `EACCES`). */
function tryListen(server: Server, port: number): Promise<string | null> {
  return new Promise(resolve => {
    const onError = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    server.once('error', onError);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', onError);
      resolve(null);
    });
  });
}
