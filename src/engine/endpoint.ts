import type { Server } from 'node:http';
import { type ListeningPort, listenOnPort, type PortWish, storePort } from './listenPort.ts';
import type { Log } from './log.ts';
import type { Warnings } from './warnings.ts';

/** Where the engine is reached. */
export interface Endpoint {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** The port that was wanted and is held by a foreign program, or null. */
  readonly displaced: number | null;
  /**
   * Goes to another port, which is stored as the one wanted; the old one stays open for those who know it. When a foreign
   * program holds the new one, that is displaced and the old one remains.
   */
  move(port: number): Promise<void>;
}

/** Opens the first server where the wish says. Throws `PortTakenError`. */
export async function openEndpoint(createServer: () => Server, wish: PortWish): Promise<Endpoint> {
  let at: ListeningPort = await listenOnPort(createServer(), wish);
  return {
    get url() {
      return `http://127.0.0.1:${at.port}`;
    },
    get port() {
      return at.port;
    },
    get displaced() {
      return at.displaced;
    },
    move: async port => {
      if (port === at.port) {
        at = { port, displaced: null };
        return;
      }
      await storePort(wish.folder, port);
      const next = await listenOnPort(createServer(), { ...wish, port, isFlexible: false }).catch(() => null);
      at = next ?? { port: at.port, displaced: port };
    },
  };
}

/** Tells the user and the log of a port that a foreign program holds, or that it holds none any more. */
export function warnOfPort({ displaced, port }: Endpoint, warnings: Warnings, log: Log): void {
  const text = displaced === null ? null : `Port ${displaced} is in use by another program; ${port} is used instead.`;
  warnings.set('port', text);
  if (text !== null) {
    log('warn', text);
  }
}
