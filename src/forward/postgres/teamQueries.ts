import type { Range } from '../../core/sums.ts';

export const teamKeys = ['team', 'project', 'user_id', 'model', 'month', 'day'] as const;
/** What a team's sums can be grouped by; `month` and `day` are the zone's. */
export type TeamKey = (typeof teamKeys)[number];

/** Sums over what all engines of a team sent. Money is nano-USD; tokens and requests are counts. */
export interface TeamSums {
  readonly key: Readonly<Partial<Record<TeamKey, string | null>>>;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** Subscriptions included. */
  readonly costNanoUsd: number;
  readonly subscriptionNanoUsd: number;
  readonly unpricedRequests: number;
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

/** Which calls count: those with these labels. Null stands for calls without one. */
export type TeamFilter = Readonly<Partial<Record<'team' | 'project' | 'user_id' | 'model', string | null>>>;

const sums = `sum(requests) AS requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
  sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens,
  sum(reasoning_tokens) AS reasoning_tokens, sum(cost_usd) AS cost_usd,
  sum(subscription_cost_usd) AS subscription_cost_usd, sum(unpriced_requests) AS unpriced_requests`;

/** How each key is written; `$3` is the zone. Quarters of an hour fit every zone's days, so none is cut. */
const expressions: Readonly<Record<TeamKey, string>> = {
  team: "nullif(team, '')",
  project: "nullif(project, '')",
  user_id: "nullif(user_id, '')",
  model: "nullif(model, '')",
  month: "to_char(bucket AT TIME ZONE $3, 'YYYY-MM')",
  day: "to_char(bucket AT TIME ZONE $3, 'YYYY-MM-DD')",
};

/** The sums of a range, grouped by keys. The range is given as constants of the statement's plan, so that only its months are read. */
export function sumQuery(range: Range, keys: readonly TeamKey[], filter: TeamFilter, zone: string): Query {
  const values: unknown[] = [new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString(), zone];
  const conditions = Object.entries(filter).map(([column, value]) => {
    values.push(value ?? '');
    return ` AND ${column} = $${values.length}`;
  });
  const columns = keys.map(key => `${expressions[key]} AS ${key}, `);
  const groups = keys.length > 0 ? ` GROUP BY ${keys.map((_, index) => index + 1).join(', ')}` : '';
  const text = `SELECT ${columns.join('')}${sums} FROM api_usage_sums
    WHERE bucket >= $1 AND bucket < $2 AND $3::text IS NOT NULL${conditions.join('')}${groups}`;
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
  return {
    key: Object.fromEntries(keys.map(key => [key, row[key] ?? null])),
    requests: Number(row.requests ?? 0),
    inputTokens: Number(row.input_tokens ?? 0),
    outputTokens: Number(row.output_tokens ?? 0),
    cacheReadTokens: Number(row.cache_read_tokens ?? 0),
    cacheWriteTokens: Number(row.cache_write_tokens ?? 0),
    reasoningTokens: Number(row.reasoning_tokens ?? 0),
    costNanoUsd: parseNumeric(row.cost_usd ?? '0'),
    subscriptionNanoUsd: parseNumeric(row.subscription_cost_usd ?? '0'),
    unpricedRequests: Number(row.unpriced_requests ?? 0),
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
