/** Deleting calls in the HTTP interface (docs/http-api.md). Types only. */
import type { Figures } from './sumsContract.ts';

/** Body of `POST /v1/delete`: instants or dates of the ledger's zone with `to` exclusive, or a session. */
export type DeletionRequest = ({ readonly from: string; readonly to: string } | { readonly session_id: string }) & {
  /** Deletes nothing and answers what would go. */
  readonly dry_run?: boolean;
};

/** Answer of `POST /v1/delete`. */
export interface DeletionAnswer {
  readonly deleted: Figures;
}
