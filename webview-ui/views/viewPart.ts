/** What every view of the page is. */
import type {
  ExportTable,
  PageCommand,
  Place,
  ReportContent,
  ReportState,
  TableSort,
  ViewContent,
} from '../messages.ts';

/** What a view may ask for. */
export interface PageEvents {
  /** Goes elsewhere: what is left out stays. */
  go(change: Partial<Place>): void;
  onDidSort(table: string, sort: TableSort): void;
  run(command: PageCommand, model?: string): void;
}

export type Sorts = NonNullable<ReportState['sorts']>;

export interface ViewPart<C extends ViewContent = ViewContent> {
  readonly element: HTMLElement;
  update(view: C, content: ReportContent): void;
  /** The tables on screen. */
  export(): ExportTable[];
}
