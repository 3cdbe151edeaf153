import manifest from '../../../package.json' with { type: 'json' };
import type { EngineState } from '../../api/contract.ts';
import { createEstimator } from '../../estimator/estimatorWorker.ts';
import type { Access, Engine } from '../engine.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { Guard } from '../guard/guard.ts';
import type { Endpoint } from '../http/endpoint.ts';
import type { Api } from '../http/server.ts';
import type { Imports } from '../import/imports.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { MachineSums } from '../machine/machineSums.ts';
import { createMetrics, type MetricsOptions } from '../metrics/metrics.ts';
import type { LedgerRouter } from '../routing/ledgerRouter.ts';
import { estimatorPath } from './estimatorPath.ts';
import type { Log } from './log.ts';
import type { Warnings } from './warnings.ts';
import type { Windows } from './windows.ts';

/** Version of the extension and its engine. */
export const version: string = manifest.version;

export interface EngineParts {
  readonly log: Log;
  readonly api: Api;
  readonly endpoint: Endpoint;
  /** Warnings that concern all ledgers. */
  readonly warnings: Warnings;
  readonly windows: Windows | null;
  /** Null when the engine runs alone. */
  readonly machineSums: MachineSums | null;
  /** Null when the engine runs alone. */
  readonly router: LedgerRouter | null;
  readonly imports: Imports;
  /** Null when the engine runs alone. */
  readonly metricsOfAll: MetricsOptions['machine'];
  ledgers(): readonly LiveLedger[];
  /** The ledger of the workspace around a working folder; null where there is none. */
  readonly findByFolder?: (cwd: string) => LiveLedger | null;
  authenticate(tokens: readonly string[]): Access | null;
  rotateTokens(): Promise<void>;
  /** Before the last requests are answered: makes sure that nobody new comes. */
  beforeLeaving(): Promise<void>;
  /** When all ledgers are closed. */
  afterLeaving(): Promise<void>;
}

/** An engine that serves. */
export interface RunningEngine extends Engine {
  /** Resolves when it has left: true when everything was written. */
  readonly left: Promise<boolean>;
}

/** Puts the parts to work. */
export function runEngine(parts: EngineParts): RunningEngine {
  const { log, endpoint, warnings, windows, machineSums, imports } = parts;
  let onLeft: (isComplete: boolean) => void = () => {};
  const left = new Promise<boolean>(resolve => {
    onLeft = resolve;
  });
  let isLeaving = false;

  const state = (ledger: LiveLedger): EngineState => ({
    version,
    pid: process.pid,
    url: endpoint.url,
    displaced_port: endpoint.displaced,
    warnings: [...warnings.list(), ...ledger.warnings.list()],
    alerts: [...warnings.alerts(), ...ledger.warnings.alerts()],
    storage_problem: ledger.warnings.get('disk'),
  });
  warnings.onDidChange(() => {
    for (const { news } of parts.ledgers()) {
      news.announceEngine();
    }
  });

  const engine: RunningEngine = {
    version,
    log,
    windows,
    machineSums,
    imports,
    left,
    estimator: createEstimator({ workerPath: estimatorPath }),
    guard: new Guard(Date.now),
    gateway: createGateway(log, process.env),
    metrics: createMetrics({ version, ledgers: parts.ledgers, machine: parts.metricsOfAll, log }),
    state,
    ledgers: parts.ledgers,
    authenticate: parts.authenticate,
    ledgerAt: (access, cwd) => {
      const isMachines = access.ledger === parts.ledgers()[0];
      return (isMachines && cwd !== null && parts.findByFolder?.(cwd)) || access.ledger;
    },
    routerFor: ({ ledger }, query) => (ledger === parts.ledgers()[0] && !query.has('window') ? parts.router : null),
    rotateTokens: parts.rotateTokens,
    stop: (reason, isHandOver = false) => {
      if (isLeaving) {
        // Whoever asks again does not want to wait for calls that outlast the engine.
        void engine.gateway.stop();
        return;
      }
      isLeaving = true;
      log('info', `Leaving: ${reason}.`);
      imports.stop();
      leave(parts, engine.gateway, isHandOver && windows !== null)
        .finally(() => engine.estimator.dispose())
        .then(onLeft);
    },
  };
  parts.api.serve(engine);
  return engine;
}

/** How long calls of the gateway may go on: where the engine just ends, and where another one takes its place. ms */
const [graceMs, handOverMs] = [5_000, 3_600_000];

async function leave(parts: EngineParts, gateway: Gateway, isHandOver: boolean): Promise<boolean> {
  const { log, api, windows } = parts;
  let isComplete = true;
  const attempt = async (what: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      isComplete = false;
      log('error', `${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const ended = attempt('Ending imports', parts.imports.stop);
  await attempt('Taking leave', parts.beforeLeaving);
  await api.settle();
  if (isHandOver) {
    gateway.detach();
  } else {
    await gateway.settle(graceMs);
    await attempt('Ending gateway calls', gateway.stop);
  }
  windows?.stop();
  await ended;
  await attempt('Keeping sessions', async () => parts.router?.save());
  for (const live of parts.ledgers()) {
    await attempt(`Closing ${live.folder}`, () => live.close());
  }
  await attempt('Letting the folder go', parts.afterLeaving);
  api.close();
  if (isHandOver) {
    await gateway.settle(handOverMs);
    await attempt('Ending gateway calls', gateway.stop);
  }
  return isComplete;
}
