import { isBetter } from '../../ledger/joining/merge.ts';
import type { CallRow } from '../../ledger/tables/change.ts';

/** A ledger as far as calls that another one holds too are concerned. */
export interface CallSource {
  readonly folder: string;
  /** May say yes for an id it does not know, but never no for one it does. */
  knows(id: string): boolean;
  /** The calls that the ids lead to. What has to be fetched first is not among them; `review` comes after it. */
  findByIds(ids: readonly string[]): readonly CallRow[];
}

/** One of several rows of a call. */
export interface DoubleRow {
  /** Of its ledger. */
  readonly folder: string;
  readonly id: string;
  /** Another row of the call counts. */
  readonly isExtra: boolean;
}

/** Calls that are the same one, by the ids that tell. */
interface Link {
  readonly ids: Set<string>;
  /** Those whose rows were looked at. */
  sources: ReadonlySet<CallSource>;
  /** What is counted too much. */
  extra: readonly CallRow[];
}

/**
 * The calls that more than one ledger holds, e.g. because telemetry went to one and a transcript to another. Found by their ids;
 * the best report counts, the others are `extra`.
 */
export class Doubles {
  readonly #sources: () => readonly CallSource[];
  readonly #onWeigh: (rows: readonly DoubleRow[]) => void;
  readonly #linkOf = new Map<string, Link>();
  readonly #linkOfRow = new Map<string, Link>();
  /** Null until asked for. */
  #extra: readonly CallRow[] | null = null;

  /** `sources` gives the ledgers there are, asked anew each time; `onWeigh` gets the rows of a call each time they were compared. */
  constructor(sources: () => readonly CallSource[], onWeigh: (rows: readonly DoubleRow[]) => void = () => {}) {
    this.#sources = sources;
    this.#onWeigh = onWeigh;
  }

  /** Rows that are counted too much when all ledgers are added up. */
  get extra(): readonly CallRow[] {
    this.#extra ??= [...new Set(this.#linkOf.values())].flatMap(link => link.extra);
    return this.#extra;
  }

  /** A record with these ids was stored in row `row` of `source`: looks whether another ledger holds the call, too. */
  look(source: CallSource, ids: readonly string[], row: string): void {
    const link = this.#linkOfRow.get(row);
    if (link || ids.some(id => this.#linkOf.has(id) || this.#isElsewhere(source, id))) {
      this.#join([...(link?.ids ?? []), ...ids]);
    }
  }

  /** `source` has known an id all the time: looks whether another ledger holds its call, too. */
  compare(source: CallSource, id: string): void {
    const link = this.#linkOf.get(id);
    if (link ? !link.sources.has(source) : this.#isElsewhere(source, id)) {
      this.#join([id]);
    }
  }

  /** Looks again, in small steps, at the calls that these ids lead to: they can be found now, were priced or deleted. */
  *review(ids: Iterable<string> = [...this.#linkOf.keys()]): Generator<void> {
    const seen = new Set<Link>();
    for (const id of ids) {
      const link = this.#linkOf.get(id);
      if (link && !seen.has(link)) {
        seen.add(link);
        this.#weigh(link);
        yield;
      }
    }
  }

  /**
   * What has to be taken off once a ledger drops some of its calls and keeps their sums: the other ledgers' rows count by themselves
   * then. In small steps.
   */
  *leaveBehind(own: CallSource, isDropped: (row: CallRow) => boolean): Generator<readonly CallRow[]> {
    const seen = new Set<Link>();
    for (const link of this.#linkOf.values()) {
      if (!seen.has(link)) {
        seen.add(link);
        const ids = [...link.ids];
        const dropped = own.findByIds(ids).filter(isDropped);
        const others = this.#sources().flatMap(source => (source === own ? [] : source.findByIds(ids)));
        const counted = findCounted([...dropped, ...others]).map(({ id }) => id);
        yield dropped.length === 0
          ? []
          : [...dropped, ...findCounted(others)].filter(({ id }) => !counted.includes(id));
      }
    }
  }

  #isElsewhere(source: CallSource, id: string): boolean {
    return this.#sources().some(other => other !== source && other.knows(id));
  }

  #join(ids: readonly string[]): void {
    const known = new Set(ids.flatMap(id => this.#linkOf.get(id) ?? []));
    const link: Link = {
      ids: new Set([...ids, ...[...known].flatMap(other => [...other.ids])]),
      sources: new Set(),
      extra: [],
    };
    for (const id of link.ids) {
      this.#linkOf.set(id, link);
    }
    this.#weigh(link);
  }

  #weigh(link: Link): void {
    this.#extra = null;
    const ids = [...link.ids];
    const sources = this.#sources();
    link.sources = new Set(sources);
    // In an order of their own, so that of equals the same one counts whichever ledger is opened first.
    const held = sources
      .flatMap(source => source.findByIds(ids).map(row => ({ folder: source.folder, row })))
      .sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
    const rows = held.map(({ row }) => row);
    for (const row of rows) {
      const other = this.#linkOfRow.get(row.id);
      this.#linkOfRow.set(row.id, link);
      if ([...(other?.ids ?? [])].some(id => !link.ids.has(id))) {
        // Two links that lead to the same row are one.
        this.#join([...link.ids, ...(other?.ids ?? [])]);
        return;
      }
    }
    const counted = findCounted(rows);
    link.extra = rows.filter(row => !counted.includes(row));
    if (rows.length > 1) {
      this.#onWeigh(held.map(({ folder, row }) => ({ folder, id: row.id, isExtra: !counted.includes(row) })));
    }
  }
}

/** Of several reports of one call the best one; exchanges of a gateway are as many calls, whatever their provider calls them. */
function findCounted(rows: readonly CallRow[]): readonly CallRow[] {
  const exchanges = rows.filter(({ record }) => record.signal === 'gateway');
  if (exchanges.length > 1) {
    return exchanges;
  }
  const [first, ...others] = rows;
  return first ? [others.reduce((best, row) => (isBetter(row.record, best.record) ? row : best), first)] : [];
}
