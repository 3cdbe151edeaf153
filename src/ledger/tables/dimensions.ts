import type { Rate } from '../../core/prices/cost.ts';
import type { GroupKey } from '../../core/sums.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { CallRow } from './change.ts';
import type { Database, SqlValue } from './database.ts';

/** The small dimensions, which calls and rollups point at by one number. */
export type Facet = Pick<
  UsageRecord,
  'provider' | 'model' | 'agent' | 'taskType' | 'userId' | 'team' | 'project' | 'branch' | 'folder' | 'plan'
>;

/** What a facet tells: its columns, and the keys by which it is grouped. */
export const facetKeys = [
  'provider',
  'model',
  'agent',
  'task_type',
  'user_id',
  'team',
  'project',
  'branch',
  'folder',
  'plan',
] as const satisfies readonly GroupKey[];
const mannerNames = [
  ...['endpoint', 'service_tier', 'speed', 'inference_geo', 'completeness', 'signal', 'signals', 'cost_basis', 'rate'],
];
/** Combinations remembered at most; sessions come and go. */
const memorySize = 20_000;
/** So many combinations are compared before a text is made of one. */
const lastSize = 3;

type Table = 'facet' | 'manner' | 'session';

/** The numbers that a call points at. */
export interface CallNumbers {
  readonly facet: number;
  readonly manner: number;
  readonly session: number | null;
}

/** Numbers for values that repeat from call to call, given on first sight and remembered. */
export class Dimensions {
  readonly #db: Database;
  readonly #numbers: Record<Table, Map<string, number>> = { facet: new Map(), manner: new Map(), session: new Map() };
  /** Rates as they are kept: thousands of calls have the same one. */
  readonly #rates = new WeakMap<Rate, string>();

  readonly #lastFacets: { readonly facet: Facet; readonly number: number }[] = [];
  readonly #lastManners: { readonly row: CallRow; readonly number: number }[] = [];

  constructor(db: Database) {
    this.#db = db;
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
    for (const numbers of Object.values(this.#numbers)) {
      numbers.clear();
    }
    this.#lastFacets.length = 0;
    this.#lastManners.length = 0;
  }

  of(row: CallRow): CallNumbers {
    const { record } = row;
    return { facet: this.facet(record), manner: this.manner(row), session: this.session(record.sessionId) };
  }

  facet(facet: Facet): number {
    // Most calls are like one of the last few, which is seen faster than a text for the map is made.
    for (const known of this.#lastFacets) {
      if (isSameFacet(known.facet, facet)) {
        return known.number;
      }
    }
    const { provider, model, agent, taskType, userId, team, project, branch, folder, plan } = facet;
    const values = [provider, model, agent, taskType, userId, team, project, branch, folder, plan];
    const number = this.#number('facet', JSON.stringify(values), facetKeys, values);
    remember(this.#lastFacets, { facet, number });
    return number;
  }

  /** How a call was made, seen and priced. */
  manner(row: CallRow): number {
    for (const known of this.#lastManners) {
      if (isSameManner(known.row, row)) {
        return known.number;
      }
    }
    const number = this.#mannerNumber(row);
    remember(this.#lastManners, { row, number });
    return number;
  }

  #mannerNumber({ record, cost, signals }: CallRow): number {
    const { endpoint, serviceTier, speed, inferenceGeo, completeness, signal } = record;
    const rate = cost.rate && this.#formatRate(cost.rate);
    const seen = [completeness, signal, signals.length === 1 ? signal : signals.join(','), cost.basis];
    const values = [endpoint, serviceTier, speed, inferenceGeo, ...seen];
    return this.#number('manner', `${JSON.stringify(values)}${rate}`, mannerNames, [...values, rate]);
  }

  session(name: string | null): number | null {
    return name === null ? null : this.#number('session', name, ['name'], [name]);
  }

  #formatRate(rate: Rate): string {
    const text = this.#rates.get(rate) ?? JSON.stringify(rate);
    this.#rates.set(rate, text);
    return text;
  }

  #number(table: Table, text: string, names: readonly string[], values: readonly SqlValue[]): number {
    const numbers = this.#numbers[table];
    const known = numbers.get(text);
    if (known !== undefined) {
      return known;
    }
    const isSame = names.map(name => `${name} IS ?`).join(' AND ');
    const insert = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) RETURNING id`;
    const row =
      this.#db.get<{ id: number }>(`SELECT id FROM ${table} WHERE ${isSame}`, ...values) ??
      this.#db.get<{ id: number }>(insert, ...values);
    if (!row) {
      throw new Error(`No number for a value of ${table}.`);
    }
    if (numbers.size >= memorySize) {
      numbers.clear();
    }
    numbers.set(text, row.id);
    return row.id;
  }
}

function remember<T>(last: T[], entry: T): void {
  last.unshift(entry);
  last.length = Math.min(last.length, lastSize);
}

function isSameFacet(a: Facet, b: Facet): boolean {
  return (
    a.model === b.model &&
    a.branch === b.branch &&
    a.taskType === b.taskType &&
    a.agent === b.agent &&
    a.provider === b.provider &&
    a.project === b.project &&
    a.folder === b.folder &&
    a.userId === b.userId &&
    a.team === b.team &&
    a.plan === b.plan
  );
}

/** Rates that are the same are nearly always one object (core/prices/priceBook.ts). */
function isSameManner(a: CallRow, b: CallRow): boolean {
  return (
    a.cost.rate === b.cost.rate &&
    a.cost.basis === b.cost.basis &&
    a.record.completeness === b.record.completeness &&
    a.record.signal === b.record.signal &&
    a.record.endpoint === b.record.endpoint &&
    a.record.serviceTier === b.record.serviceTier &&
    a.record.speed === b.record.speed &&
    a.record.inferenceGeo === b.record.inferenceGeo &&
    a.signals.length === b.signals.length &&
    a.signals.every((signal, index) => signal === b.signals[index])
  );
}
