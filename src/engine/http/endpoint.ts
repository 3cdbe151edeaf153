import type { Server } from 'node:http';
import type { Log } from '../lifecycle/log.ts';
import { type ListeningPort, listenOnPort, type PortWish, storePort } from './listenPort.ts';

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

/** Tells the log of a port that a foreign program holds; people see it by the engine's `displaced_port`. */
export function logDisplacedPort({ displaced, port }: Endpoint, log: Log): void {
  if (displaced !== null) {
    log('warn', `Port ${displaced} is in use by another program; ${port} is used instead.`);
  }
}
