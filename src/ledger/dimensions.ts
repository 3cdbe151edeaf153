import type { UsageRecord } from '../core/usageRecord.ts';
import type { CallRow } from './change.ts';
import type { Database, SqlValue } from './database.ts';

/** The small dimensions, which calls and rollups point at by one number. */
export type Facet = Pick<
  UsageRecord,
  'provider' | 'model' | 'agent' | 'taskType' | 'userId' | 'team' | 'project' | 'branch' | 'folder' | 'plan'
>;

const facetNames = [
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
];
const mannerNames = [
  ...['endpoint', 'service_tier', 'speed', 'inference_geo', 'completeness', 'signal', 'signals', 'cost_basis', 'rate'],
];
/** Combinations remembered at most; sessions come and go. */
const memorySize = 20_000;

/** Numbers for values that repeat from call to call, given on first sight and remembered. */
export class Dimensions {
  readonly #db: Database;
  #numbers = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
    this.#numbers = new Map();
  }

  facet({ provider, model, agent, taskType, userId, team, project, branch, folder, plan }: Facet): number {
    const values = [provider, model, agent, taskType, userId, team, project, branch, folder, plan];
    return this.#number('facet', facetNames, values);
  }

  /** How a call was made, seen and priced. */
  manner({ record, cost, signals }: CallRow): number {
    const { endpoint, serviceTier, speed, inferenceGeo, completeness, signal } = record;
    const rate = cost.rate && JSON.stringify(cost.rate);
    const seen = [completeness, signal, signals.join(','), cost.basis];
    return this.#number('manner', mannerNames, [endpoint, serviceTier, speed, inferenceGeo, ...seen, rate]);
  }

  session(name: string | null): number | null {
    return name === null ? null : this.#number('session', ['name'], [name]);
  }

  #number(table: string, names: readonly string[], values: readonly SqlValue[]): number {
    const text = JSON.stringify([table, values]);
    const known = this.#numbers.get(text);
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
    if (this.#numbers.size >= memorySize) {
      this.#numbers.clear();
    }
    this.#numbers.set(text, row.id);
    return row.id;
  }
}
