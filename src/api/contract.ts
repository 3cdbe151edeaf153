/**
 * The HTTP interface as types (docs/http-api.md), by subject. Types only, and the names of the periods, so any process may import it.
 */
import type { Notice } from './budgetContract.ts';
import type { EngineState } from './engineContract.ts';
import type { RecordOutline } from './recordContract.ts';
import type { ThresholdEvent } from './thresholdContract.ts';
import type { Totals } from './totalsContract.ts';

export type * from './budgetContract.ts';
export type * from './connectContract.ts';
export type * from './costContract.ts';
export type * from './deletionContract.ts';
export type * from './engineContract.ts';
export type * from './estimateContract.ts';
export type * from './forwardContract.ts';
export type * from './importContract.ts';
export type * from './recordContract.ts';
export type * from './sumsContract.ts';
export { summaryPeriods } from './sumsContract.ts';
export type * from './teamContract.ts';
export type * from './thresholdContract.ts';
export type * from './totalsContract.ts';
export type * from './usageContract.ts';
export type * from './windowContract.ts';

/** Events of `GET /v1/events` by name. */
export interface ApiEvents {
  engine: EngineState;
  totals: Totals;
  record: RecordOutline;
  notice: Notice;
  threshold: ThresholdEvent;
}
