/** Every message between the report page and its panel, in one file that both sides import. */
import type {
  BudgetReport,
  Burn,
  Costs,
  Figures,
  RecordRow,
  SessionFigures,
  Sessions,
  Summary,
  SummaryPeriod,
} from '../src/api/contract.ts';
import type { EstimateAccuracy } from '../src/api/estimateContract.ts';
import type { RecordDetail } from '../src/api/recordContract.ts';
import type { TeamAnswer, TeamBudgetAnswer } from '../src/api/teamContract.ts';
import type { Filter, FilterKey } from '../src/core/filter.ts';

/** The period the report shows: a named one, or calendar days of the ledger's zone with `to` exclusive. */
export type ReportPeriod =
  | { readonly kind: 'named'; readonly name: SummaryPeriod }
  | { readonly kind: 'custom'; readonly from: string; readonly to: string };

export const viewNames = ['overview', 'sessions', 'budgets', 'estimates'] as const;
export type ViewName = (typeof viewNames)[number];

export const scopes = ['workspace', 'machine', 'team'] as const;
export type ReportScope = (typeof scopes)[number];

export const teamDimensions = ['team', 'project', 'user_id', 'model'] as const satisfies readonly FilterKey[];
/** What a team's sums can be told apart and chosen by. */
export type TeamDimension = (typeof teamDimensions)[number];

/** The dimension of a place where it is one of a team, else the team. */
export function teamDimensionOf(dimension: FilterKey): TeamDimension {
  return teamDimensions.find(each => each === dimension) ?? 'team';
}

export const stacks = ['model', 'agent', 'task_type', 'kind'] as const;
/** What the chart tells apart; `kind`: tokens by how they are billed. */
export type Stack = (typeof stacks)[number];

export const intervals = ['auto', 'hour', 'day', 'week', 'month'] as const;
/** Length of a bar; `auto` follows the period. */
export type Interval = (typeof intervals)[number];

/** A figure to explain: the calls behind it, or one call. */
export type Explained =
  | { readonly kind: 'calls'; readonly label: string; readonly filter: Filter }
  | { readonly kind: 'record'; readonly id: string };

/** Where the report is: all that decides what is on screen but how its tables are sorted. */
export interface Place {
  readonly view: ViewName;
  readonly scope: ReportScope;
  readonly period: ReportPeriod;
  /** Holds in every view but the budgets and estimates. */
  readonly filter: Filter;
  /** What the breakdown of the overview is by. */
  readonly dimension: FilterKey;
  readonly stack: Stack;
  readonly interval: Interval;
  /** The session whose calls are shown in place of the list. */
  readonly session: string | null;
  /** Shows where a name occurs, in place of the view. */
  readonly search: string;
  readonly explained: Explained | null;
}

/** How one table is sorted. */
export interface TableSort {
  readonly column: string;
  readonly descending: boolean;
}

/** Kept by the page with `setState` and given back to it by the serializer. */
export interface ReportState {
  readonly place: Place;
  /** By the table's id; tables left out have their default. */
  readonly sorts?: Readonly<Record<string, TableSort>>;
}

/** A name that a search found, with its figures in the period. */
export interface Found {
  readonly dimension: FilterKey;
  readonly name: string;
  readonly figures: Figures;
}

/** What a place shows: answers of the engine, all of the same range. */
export type ViewContent =
  | {
      readonly kind: 'overview';
      /** By the chart's stretches and what it tells apart (not for token kinds), with the range before. */
      readonly summary: Summary;
      /** By the chart's stretches; what subscriptions pay for is left out. */
      readonly costs: Costs;
      readonly breakdown: Summary;
      /** By model. */
      readonly models: Summary;
      /** The length of a bar. */
      readonly interval: Exclude<Interval, 'auto'>;
    }
  | { readonly kind: 'sessions'; readonly sessions: Sessions }
  | {
      readonly kind: 'session';
      readonly session: SessionFigures | null;
      /** Oldest first. */
      readonly records: readonly RecordRow[];
    }
  | { readonly kind: 'budgets'; readonly budgets: readonly BudgetReport[]; readonly burn: Burn | null }
  | { readonly kind: 'estimates'; readonly accuracy: EstimateAccuracy }
  | {
      readonly kind: 'team';
      /** By the chart's stretches and the dimension. */
      readonly spend: TeamAnswer;
      readonly breakdown: TeamAnswer;
      readonly budgets: readonly TeamBudgetAnswer[];
      readonly interval: Exclude<Interval, 'auto'>;
    }
  | { readonly kind: 'search'; readonly total: Figures; readonly found: readonly Found[] };

/** What an explanation shows. */
export type ExplainedContent =
  | {
      readonly kind: 'calls';
      readonly label: string;
      readonly summary: Summary;
      readonly costs: Costs;
      /** The dearest. */
      readonly records: readonly RecordRow[];
    }
  /** Null: the call is not kept any more. */
  | { readonly kind: 'record'; readonly record: RecordDetail | null };

/** The answer to one load. */
export interface ReportContent {
  readonly place: Place;
  /** Name of the workspace, or null for the machine ledger. */
  readonly workspace: string | null;
  /** Whether a team's database can be asked. */
  readonly hasTeam: boolean;
  /** IANA zone of the days. */
  readonly timeZone: string;
  /** The range, ISO 8601 in UTC, `to` exclusive. */
  readonly from: string;
  readonly to: string;
  readonly view: ViewContent;
  readonly explained: ExplainedContent | null;
  /** Instant of the newest record of the ledger whatever its period, null before the first one. */
  readonly lastRecord: string | null;
  /** What stands in the way, to be said above everything. */
  readonly limits: readonly ReportLimit[];
}

/** `readOnly`: usage can't be stored now (with the engine's words); `restricted` and `virtual` are VS Code's kinds of workspace. */
export type ReportLimit =
  | { readonly kind: 'readOnly'; readonly detail: string }
  | { readonly kind: 'restricted' }
  | { readonly kind: 'virtual' }
  /** How forwarding goes, in words. */
  | { readonly kind: 'forwarding'; readonly detail: string };

/** What an empty report shows so that the first record is one paste away. The page never draws the token. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

export const exportFormats = ['csv', 'json', 'markdown'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** One table as it is on screen: all rows of it, in its order. */
export interface ExportTable {
  readonly title: string;
  readonly columns: readonly { readonly id: string; readonly title: string; readonly isNumber: boolean }[];
  /** Plain values: USD, tokens, ms, ISO 8601. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The same cells as they are shown. */
  readonly texts: readonly (readonly string[])[];
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
  | { readonly type: 'engine'; readonly running: boolean }
  /** A link leads here; what it leaves out stays as it is. */
  | { readonly type: 'show'; readonly place: Partial<Place> }
  /** A command asks for an export. */
  | { readonly type: 'export'; readonly format: ExportFormat };

export const pageCommands = [
  'copyConnectionSettings',
  'setPriceOverride',
  'openSettings',
  'restartEngine',
  'changeBudget',
  'editBudgets',
  'estimatePromptCost',
  'showLog',
  'manageTrust',
  'exportChargeback',
] as const;
export type PageCommand = (typeof pageCommands)[number];

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'load'; readonly request: number; readonly place: Place }
  | {
      readonly type: 'export';
      readonly format: ExportFormat;
      /** What the view is called, for the file. */
      readonly title: string;
      readonly tables: readonly ExportTable[];
    }
  /** `model` goes with `setPriceOverride` from a model's own row, so that the setting opens with its name filled in. */
  | { readonly type: 'run'; readonly command: PageCommand; readonly model?: string };
