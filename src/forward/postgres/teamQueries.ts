import { noSums, type Range, type Sums } from '../../core/sums.ts';
import type { TeamFilterKey, TeamKey } from '../../core/teamKeys.ts';
import { cutIntoSlots, type Slot, type TimeKey, timeKeys } from '../../ledger/tables/slots.ts';
import { countColumns, keysOf, moneyColumns } from './columns.ts';

/** Sums over what all engines of a team sent. */
export interface TeamSums {
  readonly key: Readonly<Partial<Record<TeamKey, string | null>>>;
  readonly sums: Sums;
}

/** A budget that the team's lead keeps in the table `team_budget`, with what was spent in its period so far. */
export interface TeamBudget {
  readonly name: string;
  readonly period: 'day' | 'week' | 'month';
  readonly team: string | null;
  readonly project: string | null;
  readonly userId: string | null;
  readonly limitNanoUsd: number;
  readonly spentNanoUsd: number;
}

export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Which calls count: those with one of these labels. Null stands for calls without one. */
export type TeamFilter = Readonly<Partial<Record<TeamFilterKey, readonly (string | null)[]>>>;

const summed = [...Object.values(countColumns), ...Object.values(moneyColumns)];
const sums = summed.map(name => `sum(${name}) AS ${name}`).join(', ');

/** A question for sums, with the stretches of time that its answer counts from one; none when it asks for no times. */
export interface SumQuery extends Query {
  readonly slots: readonly Slot[];
}

/**
 * The sums of a range, grouped by keys. The range is given as constants of the statement's plan, so that only its months are read.
 * Stretches of time are cut here: to have the server find the zone's day of each row takes longer than to add it up.
 */
export function sumQuery(range: Range, keys: readonly TeamKey[], filter: TeamFilter, zone: string): SumQuery {
  const slots = keys.some(isTimeKey) ? cutIntoSlots(range, keys, zone) : [];
  const values: unknown[] = [new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString()];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = Object.entries(filter).map(
    ([column, wanted]) => ` AND ${column} = ANY(${place(wanted.map(value => value ?? ''))}::text[])`,
  );
  const labels = keys.filter(key => !isTimeKey(key));
  const starts = slots.map(({ fromMs }) => new Date(fromMs).toISOString());
  const slot = slots.length > 0 ? [`width_bucket(bucket, ${place(starts)}::timestamptz[]) AS slot`] : [];
  const columns = [...slot, ...labels];
  const places = columns.map((_, index) => index + 1).join(', ');
  // A quarter of an hour in which no call is left has sums of nothing.
  const groups = columns.length > 0 ? ` GROUP BY ${places} HAVING sum(requests) > 0` : '';
  const text = `SELECT ${[...columns, sums].join(', ')} FROM api_usage_sums
    WHERE bucket >= $1 AND bucket < $2${conditions.join('')}${groups}`;
  return { text, values, slots };
}

function isTimeKey(key: TeamKey): key is TimeKey {
  return timeKeys.some(each => each === key);
}

/** The budgets with what was spent since the begin of their day, ISO week and month in the zone. */
export function budgetQuery(begins: Readonly<Record<TeamBudget['period'], number>>): Query {
  const text = `SELECT b.name, b.period, b.team, b.project, b.user_id, b.limit_usd,
      coalesce((SELECT sum(s.cost_usd - s.subscription_cost_usd) FROM api_usage_sums s
        WHERE s.bucket >= CASE b.period WHEN 'day' THEN $1::timestamptz WHEN 'week' THEN $2::timestamptz ELSE $3::timestamptz END
          AND s.bucket >= least($1::timestamptz, $2::timestamptz, $3::timestamptz)
          AND (b.team IS NULL OR s.team = b.team) AND (b.project IS NULL OR s.project = b.project)
          AND (b.user_id IS NULL OR s.user_id = b.user_id)), 0) AS spent_usd
    FROM team_budget b ORDER BY b.name`;
  return { text, values: [begins.day, begins.week, begins.month].map(ms => new Date(ms).toISOString()) };
}

type Row = Readonly<Record<string, string | null>>;

/** A row of {@link sumQuery}. */
export function parseSums(row: Row, keys: readonly TeamKey[], slots: readonly Slot[]): TeamSums {
  const told: Row = { ...row, ...slots[Number(row.slot) - 1]?.key };
  const counts = keysOf(countColumns).map(key => [key, Number(row[countColumns[key]] ?? 0)] as const);
  const money = keysOf(moneyColumns).map(key => [key, parseNumeric(row[moneyColumns[key]] ?? '0')] as const);
  return {
    key: Object.fromEntries(keys.map(key => [key, told[key] || null])),
    sums: { ...noSums, ...Object.fromEntries([...counts, ...money]) },
  };
}

/** A row of {@link budgetQuery}. */
export function parseBudget(row: Row): TeamBudget {
  return {
    name: row.name ?? '',
    period: row.period as TeamBudget['period'],
    team: row.team ?? null,
    project: row.project ?? null,
    userId: row.user_id ?? null,
    limitNanoUsd: parseNumeric(row.limit_usd ?? '0'),
    spentNanoUsd: parseNumeric(row.spent_usd ?? '0'),
  };
}

/** Exact USD as text → nano-USD: the inverse of `formatNumeric`. */
function parseNumeric(usd: string): number {
  const [whole = '0', fraction = ''] = usd.replace('-', '').split('.');
  const nano = Number(whole) * 1e9 + Number(fraction.padEnd(9, '0').slice(0, 9));
  return usd.startsWith('-') ? -nano : nano;
}
