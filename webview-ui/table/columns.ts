/** What a table is made of: columns that tell a value, how it reads, and what can be done about it. */

/** Something to do about a row. */
export interface CellAction<T> {
  readonly text: string;
  /** Read aloud in place of the text, which repeats in every row. */
  label(item: T): string;
  run(item: T): void;
  isOffered(item: T): boolean;
}

export interface Column<T> {
  /** Also names the column in sorts and exports. */
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  /** `name` is the row's header, first and flexible; text stands left, numbers right. */
  readonly kind: 'name' | 'text' | 'number' | 'span';
  /** For sorting and exports: a plain value, null when it is unknown. */
  value(item: T): string | number | null;
  text(item: T): string;
  /** A quieter word beside the text. */
  detail?(item: T): string;
  /** What pressing the text does; left out, or not offered, it is plain text. */
  press?: Omit<CellAction<T>, 'text'>;
  /** A further button. */
  extra?: CellAction<T>;
  /** Whether the text is to be quiet: a name or price that is none. */
  isQuiet?(item: T): boolean;
  /** How deep a name stands in, in steps. */
  indent?(item: T): number;
  /** For `span`: where in 0 to 1 it begins and ends. */
  span?(item: T): readonly [start: number, end: number];
}
