import type { EngineState } from '../api/contract.ts';
import type { Estimator } from '../estimator/estimatorWorker.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Guard } from './guard/guard.ts';
import type { Imports } from './import/imports.ts';
import type { LiveLedger } from './ledgers/liveLedger.ts';
import type { Log } from './lifecycle/log.ts';
import type { Windows } from './lifecycle/windows.ts';
import type { MachineSums } from './machine/machineSums.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { LedgerRouter } from './routing/ledgerRouter.ts';

/** Whom a token speaks for. */
export interface Access {
  /** May do everything: the only token of a standalone engine, or the windows' own. */
  readonly isAdmin: boolean;
  /** May read the metrics of all ledgers, and nothing else. */
  readonly isScraper?: boolean;
  /** The ledger the token belongs to; the windows' own token has the machine's. */
  readonly ledger: LiveLedger;
}

/** The running process as the routes see it. */
export interface Engine {
  readonly version: string;
  readonly log: Log;
  /** Null when the engine runs alone. */
  readonly windows: Windows | null;
  /** Every open ledger. */
  ledgers(): readonly LiveLedger[];
  /** What one of these tokens may do, or null. Takes the same time for any token of a length. */
  authenticate(tokens: readonly string[]): Access | null;
  /** The ledger a token speaks for; the machine's tokens speak for that of the workspace which a working folder lies in. */
  ledgerAt(access: Access, cwd: string | null): LiveLedger;
  /** Sums over all ledgers of the user; null when the engine runs alone. */
  readonly machineSums: MachineSums | null;
  /** Finds the ledger of what a post means that came by the machine's token; null where the token's ledger is meant. */
  routerFor(access: Access, query: URLSearchParams): LedgerRouter | null;
  /** Imports of what agents left on disk. */
  readonly imports: Imports;
  /** Counts prompts, in a worker that runs only while it is needed. */
  readonly estimator: Estimator;
  /** Whether calls may go on. */
  readonly guard: Guard;
  /** Passes calls on to the providers. */
  readonly gateway: Gateway;
  /** What `GET /metrics` tells. */
  readonly metrics: Metrics;
  /** State of the engine as those who watch the ledger see it. */
  state(ledger: LiveLedger): EngineState;
  /** Replaces every token. Throws `HttpProblem` where it can't be replaced, and `StorageError`; then the old ones stay. */
  rotateTokens(): Promise<void>;
  /**
   * Flushes and leaves; returns at once. `isHandOver`: another engine takes over from one of the windows, so that gateway calls under way go
   * on after the ledgers are closed. Said again, it ends those too.
   */
  stop(reason: string, isHandOver?: boolean): void;
}
