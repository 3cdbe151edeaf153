/** Every message between the report page and its panel, in one file that both sides import. */
import type { Summary, SummaryPeriod } from '../src/api/contract.ts';

/** The period the report shows: a named one, or calendar days of the ledger's zone with `to` exclusive. */
export type ReportPeriod =
  | { readonly kind: 'named'; readonly name: Exclude<SummaryPeriod, 'week'> }
  | { readonly kind: 'custom'; readonly from: string; readonly to: string };

/** How one table is sorted; `column` is `name` or a figure's name. */
export interface TableSort {
  readonly column: string;
  readonly descending: boolean;
}

/** Kept by the page with `setState` and given back to it by the serializer. */
export interface ReportState {
  readonly period: ReportPeriod;
  /** By the table's id; tables left out have the default, dearest first. */
  readonly sorts?: Readonly<Record<string, TableSort>>;
}

/** The answers of the engine that the page draws, all for the same range. */
export interface ReportContent {
  readonly period: ReportPeriod;
  /** Name of the workspace, or null for the machine ledger. */
  readonly workspace: string | null;
  /** IANA zone of the days. */
  readonly timeZone: string;
  /** `group_by=day,model`: the stacked chart. */
  readonly byDay: Summary;
  readonly byModel: Summary;
  readonly byTaskType: Summary;
  readonly bySession: Summary;
  readonly byUser: Summary;
  /**
   * Instant of the newest record of the ledger whatever its period, null before the first one. It tells "nothing recorded yet"
   * from "nothing in this period"; left out, an empty period shows both what it lacks and how to connect.
   */
  readonly lastRecord?: string | null;
}

/** What an empty report shows so that the first record is one paste away. The page never draws the token. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

export type ToPage =
  | {
      readonly type: 'content';
      readonly request: number;
      readonly content: ReportContent;
      readonly connection: Connection;
    }
  | { readonly type: 'failed'; readonly request: number; readonly error: string }
  /** Something was recorded: the page asks again when it is ready to. */
  | { readonly type: 'changed' }
  /** The engine is away or back. */
  | { readonly type: 'engine'; readonly running: boolean };

export type PageCommand =
  | 'copyConnectionSettings'
  | 'setPriceOverride'
  | 'openSettings'
  | 'restartEngine'
  | 'changeBudget';

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'load'; readonly request: number; readonly period: ReportPeriod }
  | { readonly type: 'export'; readonly format: 'csv' | 'json' }
  /** `model` goes with `setPriceOverride` from a model's own row, so that the setting opens with its name filled in. */
  | { readonly type: 'run'; readonly command: PageCommand; readonly model?: string };
