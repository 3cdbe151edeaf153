import { noSums, type Range, type Sums } from '../../core/sums.ts';
import type { TeamFilterKey, TeamKey } from '../../core/teamKeys.ts';
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

/** What rows are grouped by; `$3` is the zone. Quarters of an hour fit every zone's days, so none is cut. */
const expressions: Readonly<Record<TeamKey, string>> = {
  team: 'team',
  project: 'project',
  user_id: 'user_id',
  model: 'model',
  hour: "date_trunc('hour', bucket AT TIME ZONE $3)",
  day: "date_trunc('day', bucket AT TIME ZONE $3)",
  week: "date_trunc('week', bucket AT TIME ZONE $3)",
  month: "date_trunc('month', bucket AT TIME ZONE $3)",
};

/** How a key is told: after the grouping, since writing a time as text takes longer than all the rest. */
const formats: Partial<Readonly<Record<TeamKey, string>>> = {
  hour: `to_char(hour, 'YYYY-MM-DD"T"HH24:00')`,
  day: "to_char(day, 'YYYY-MM-DD')",
  week: "to_char(week, 'YYYY-MM-DD')",
  month: "to_char(month, 'YYYY-MM')",
};

/** The sums of a range, grouped by keys. The range is given as constants of the statement's plan, so that only its months are read. */
export function sumQuery(range: Range, keys: readonly TeamKey[], filter: TeamFilter, zone: string): Query {
  const values: unknown[] = [new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString(), zone];
  const conditions = Object.entries(filter).map(([column, wanted]) => {
    values.push(wanted.map(value => value ?? ''));
    return ` AND ${column} = ANY($${values.length}::text[])`;
  });
  const columns = keys.map(key => `${expressions[key]} AS ${key}, `).join('');
  const groups = keys.length > 0 ? ` GROUP BY ${keys.map((_, index) => index + 1).join(', ')}` : '';
  const told = keys.map(key => `${formats[key] ?? `nullif(${key}, '')`} AS ${key}, `).join('');
  const text = `SELECT ${told}${summed.join(', ')} FROM (SELECT ${columns}${sums} FROM api_usage_sums
    WHERE bucket >= $1 AND bucket < $2 AND $3::text IS NOT NULL${conditions.join('')}${groups}) AS grouped`;
  return { text, values };
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
export function parseSums(row: Row, keys: readonly TeamKey[]): TeamSums {
  const counts = keysOf(countColumns).map(key => [key, Number(row[countColumns[key]] ?? 0)] as const);
  const money = keysOf(moneyColumns).map(key => [key, parseNumeric(row[moneyColumns[key]] ?? '0')] as const);
  return {
    key: Object.fromEntries(keys.map(key => [key, row[key] ?? null])),
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
