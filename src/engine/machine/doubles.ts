import type { CallRow } from '../../ledger/change.ts';
import { isBetter } from '../../ledger/merge.ts';

/** A ledger as far as calls that another one holds too are concerned. */
export interface CallSource {
  /** May say yes for an id it does not know, but never no for one it does. */
  knows(id: string): boolean;
  /** The calls that the ids lead to. What has to be fetched first is not among them; `review` comes after it. */
  findByIds(ids: readonly string[]): readonly CallRow[];
}

/** Calls that are the same one, by the ids that tell. */
interface Link {
  readonly ids: Set<string>;
  /** What is counted too much. */
  extra: readonly CallRow[];
}

/**
 * The calls that more than one ledger holds, e.g. because telemetry went to one and a transcript to another. Found by their ids;
 * the best report counts, the others are `extra`.
 */
export class Doubles {
  readonly #sources: () => readonly CallSource[];
  readonly #linkOf = new Map<string, Link>();
  readonly #linkOfRow = new Map<string, Link>();
  /** Null until asked for. */
  #extra: readonly CallRow[] | null = null;

  /** `sources` gives the ledgers there are, asked anew each time. */
  constructor(sources: () => readonly CallSource[]) {
    this.#sources = sources;
  }

  /** Rows that are counted too much when all ledgers are added up. */
  get extra(): readonly CallRow[] {
    this.#extra ??= [...new Set(this.#linkOf.values())].flatMap(link => link.extra);
    return this.#extra;
  }

  /** Looks whether another ledger holds a call with one of these ids; all of them are of one call of `source`, in row `row`. */
  look(source: CallSource, ids: readonly string[], row?: string): void {
    const link = row === undefined ? undefined : this.#linkOfRow.get(row);
    const others = this.#sources().filter(other => other !== source);
    if (link || ids.some(id => this.#linkOf.has(id) || others.some(other => other.knows(id)))) {
      this.#join([...(link?.ids ?? []), ...ids]);
    }
  }

  /** Looks at everything again: rows were priced or deleted, or a ledger was opened. */
  review(): void {
    for (const link of new Set(this.#linkOf.values())) {
      this.#weigh(link);
    }
  }

  #join(ids: readonly string[]): void {
    const known = new Set(ids.flatMap(id => this.#linkOf.get(id) ?? []));
    const link: Link = { ids: new Set([...ids, ...[...known].flatMap(other => [...other.ids])]), extra: [] };
    for (const id of link.ids) {
      this.#linkOf.set(id, link);
    }
    this.#weigh(link);
  }

  #weigh(link: Link): void {
    this.#extra = null;
    const ids = [...link.ids];
    const rows = this.#sources().flatMap(source => source.findByIds(ids));
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
