import type { Duplex } from 'node:stream';
import type { NetworkSettings } from '../../api/contract.ts';
import type { GrantedCall } from '../http/call.ts';
import type { Log } from '../lifecycle/log.ts';
import { createUpstreamAgents, type UpstreamAgents } from './agents.ts';
import { type Exchange, passThrough } from './exchange.ts';
import { defaultNetwork } from './network.ts';
import { createRecordQueue } from './recordQueue.ts';

/** The pass-through to the providers. */
export interface Gateway {
  /** Passes a call on; resolves when it is over. What it used is stored soon after. */
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
  /** Resolves when no call is under way and what they used is stored, after so many ms at the latest. */
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
  /** What the calls used that are under way or over, until it is stored. */
  const storing = new Set<Promise<void>>();
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
      const { stored } = exchange;
      running.add(exchange);
      sockets.add(socket);
      storing.add(stored);
      void stored.then(() => {
        storing.delete(stored);
        release?.();
      });
      await exchange.over;
      running.delete(exchange);
      sockets.delete(socket);
    },
    detach: queue.detach,
    async settle(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise(resolve => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([late, Promise.all(storing)]);
      clearTimeout(timer);
    },
    async stop() {
      for (const exchange of running) {
        exchange.cut();
      }
      await Promise.all(storing);
      for (const each of [...retired, agents]) {
        each.close();
      }
    },
  };
}
