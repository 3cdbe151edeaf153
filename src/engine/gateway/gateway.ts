import type { Duplex } from 'node:stream';
import type { NetworkSettings } from '../../api/contract.ts';
import type { GrantedCall } from '../call.ts';
import type { Log } from '../log.ts';
import { createUpstreamAgents, type UpstreamAgents } from './agents.ts';
import { type Exchange, passThrough } from './exchange.ts';
import { defaultNetwork } from './network.ts';
import { createRecordQueue } from './recordQueue.ts';

/** The pass-through to the providers. */
export interface Gateway {
  /** Passes a call on; resolves when it is over and what it used is durable. */
  pass(call: GrantedCall): Promise<void>;
  /** Goes another way to the upstreams from now on. */
  setNetwork(settings: NetworkSettings): void;
  /** Whether a call is under way on this connection, which may then take as long as it takes. */
  isAtWork(socket: Duplex): boolean;
  /**
   * The ledgers are about to be closed by an engine that hands over: calls under way go on, and what they use goes to whoever owns the
   * ledgers then.
   */
  detach(): void;
  /** Resolves when no call is under way, after so many ms at the latest. */
  settle(ms: number): Promise<void>;
  /** Ends what is under way, and records what was used until then. */
  stop(): Promise<void>;
}

/** A pass-through with connections of its own. `env` may name proxies. */
export function createGateway(log: Log, env: NodeJS.ProcessEnv): Gateway {
  let network = defaultNetwork;
  let agents = createUpstreamAgents(network, env);
  /** Those of an earlier way, whose calls go on; idle connections go by themselves. */
  const retired: UpstreamAgents[] = [];
  const queue = createRecordQueue(log);
  const running = new Set<Exchange>();
  const sockets = new Set<Duplex>();
  return {
    setNetwork(settings) {
      if (JSON.stringify(settings) !== JSON.stringify(network)) {
        network = settings;
        retired.push(agents);
        agents = createUpstreamAgents(network, env);
        log(
          'info',
          `Gateway: the way to the internet changed${agents.path.problem ? `: ${agents.path.problem}` : ''}.`,
        );
        if (!network.strictSSL) {
          log('warn', 'Gateway: certificates are not verified, as the setting http.proxyStrictSSL says.');
        }
      }
    },
    isAtWork: socket => sockets.has(socket),
    async pass(call) {
      const { socket } = call.request;
      const release = call.engine.windows?.hold();
      const exchange = passThrough(call, { agents, log, queue });
      running.add(exchange);
      sockets.add(socket);
      try {
        await exchange.done;
      } finally {
        running.delete(exchange);
        sockets.delete(socket);
        release?.();
      }
    },
    detach: queue.detach,
    async settle(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise(resolve => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([late, Promise.all([...running].map(({ done }) => done))]);
      clearTimeout(timer);
    },
    async stop() {
      const last = [...running];
      for (const exchange of last) {
        exchange.cut();
      }
      await Promise.all(last.map(({ done }) => done));
      for (const each of [...retired, agents]) {
        each.close();
      }
    },
  };
}
