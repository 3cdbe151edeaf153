/** The engine itself in the HTTP interface (docs/http-api.md): its health, its state, its errors. Types only. */
import type { RecordOutline } from './recordContract.ts';

/** RFC 9457 problem details; `field` names the offending part of the request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly field?: string;
}

export interface Health {
  readonly status: 'ok';
  readonly version: string;
  /** ISO 8601 in UTC, or null before the first record. */
  readonly last_record: string | null;
}

/** State of the engine; event `engine`, sent first on every stream. */
export interface EngineState {
  readonly version: string;
  readonly pid: number;
  /** Base URL of the endpoint, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The port that was wanted and is held by a foreign program, or null. */
  readonly displaced_port: number | null;
  /** Things to tell the user, e.g. a ledger rebuilt from its journal. */
  readonly warnings: readonly string[];
  /** Those of the warnings that a user must be told at once: usage that can't be stored, a file that was set aside. */
  readonly alerts?: readonly string[];
  /** Why usage can't be stored at the moment; null while it can. One of the alerts. */
  readonly storage_problem?: string | null;
}

/** Answer of `GET /v1/diagnostics`, ingest or admin token. */
export interface Diagnostics {
  readonly version: string;
  readonly node: string;
  readonly sqlite: string;
  readonly prices: string;
  readonly pid: number;
  readonly uptime_s: number;
  readonly memory_mb: number;
  readonly url: string;
  readonly storage: string;
  readonly database_bytes: number;
  readonly records: number;
  readonly settings: unknown;
  readonly recent: readonly RecordOutline[];
}
