import type { Filter } from '../../core/filter.ts';
import type { CostBasis } from '../../core/prices/cost.ts';
import type { RateSums } from '../../core/prices/costParts.ts';
import type { Provider } from '../../core/provider.ts';
import type { GroupKey, Range } from '../../core/sums.ts';
import type { Signal } from '../../core/usageRecord.ts';
import { parseRate } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';
import { cutIntoSlots, type Slot } from '../tables/slots.ts';
import { findLimits, limitTo } from './filter.ts';
import { groupNumber } from './groupNumber.ts';

/** The calls of a stretch of time that were priced alike. */
export interface SlotRates extends RateSums {
  readonly key: Slot['key'];
}

interface Row {
  slot: number;
  provider: Provider | null;
  model: string | null;
  cost_basis: CostBasis;
  rate: string | null;
  service_tier: string | null;
  speed: string | null;
  inference_geo: string | null;
  signals: string;
  requests: number;
  observations: number;
  input: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  cache_write: number;
  output: number;
  reasoning: number;
  web_searches: number;
  cost_nano_usd: number;
}

const sumNames = [
  ...['observations', 'input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'cache_write', 'output', 'reasoning'],
  ...['web_searches', 'cost_nano_usd'],
];

const addUp = (table: string): string => sumNames.map(name => `ifnull(sum(${table}.${name}), 0) AS ${name}`).join(', ');

/**
 * Calls by the rate they were priced with, in the stretches that `keys` ask for. Reads the calls themselves: what retention dropped
 * is not among them.
 */
export function readRates(
  db: Database,
  range: Range,
  keys: readonly GroupKey[],
  zone: string,
  filter: Filter = {},
): SlotRates[] {
  const held = db.get<{ first: number | null; last: number | null }>(
    'SELECT (SELECT min(timestamp) FROM call) AS first, (SELECT max(timestamp) FROM call) AS last',
  );
  if (held?.first == null || held.last === null) {
    return [];
  }
  const clipped = { fromMs: Math.max(range.fromMs, held.first), toMs: Math.min(range.toMs, held.last + 1) };
  const slots = clipped.fromMs < clipped.toMs ? cutIntoSlots(clipped, keys, zone) : [];
  const limits = findLimits(db, filter);
  // By numbers first, then by the few names of facets that matter here: each step hands far fewer rows on.
  const rows = db.all<Row>(
    `SELECT named.*, m.cost_basis, m.rate, m.service_tier, m.speed, m.inference_geo, m.signals FROM (
      SELECT g.slot, f.provider, f.model, g.manner, sum(requests) AS requests, ${addUp('g')} FROM (
        WITH slot (number, start, end) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))
        SELECT slot.number AS slot, c.facet, c.manner, count(*) AS requests, ${addUp('c')}
        FROM slot JOIN call c ON c.timestamp >= slot.start AND c.timestamp < slot.end
        ${limitTo('c.facet', limits.facets)} ${limitTo('ifnull(c.session, 0)', limits.sessions)}
        GROUP BY ${groupNumber('slot.number', ['facet', 'c.facet'], ['manner', 'c.manner'])}) g JOIN facet f ON f.id = g.facet GROUP BY 1, 2, 3, 4) named JOIN manner m ON m.id = named.manner`,
    JSON.stringify(slots.map(({ fromMs, toMs }, index) => [index, fromMs, toMs])),
  );
  return mergeRates(rows.map(row => toRates(row, slots[row.slot]?.key ?? {})));
}

/** Puts together what was priced alike in the same stretch. */
export function mergeRates(rates: readonly SlotRates[]): SlotRates[] {
  const merged = new Map<string, SlotRates>();
  for (const each of rates) {
    const { requests, observations, tokens, webSearches, costNanoUsd, ...alike } = each;
    const id = JSON.stringify(alike);
    const known = merged.get(id);
    merged.set(id, known ? addRates(known, each) : each);
  }
  return [...merged.values()];
}

function addRates(a: SlotRates, b: SlotRates): SlotRates {
  const names = Object.keys(a.tokens) as (keyof SlotRates['tokens'])[];
  return {
    ...a,
    requests: a.requests + b.requests,
    observations: a.observations + b.observations,
    tokens: Object.fromEntries(names.map(name => [name, a.tokens[name] + b.tokens[name]])) as SlotRates['tokens'],
    webSearches: a.webSearches + b.webSearches,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
  };
}

function toRates(row: Row, key: Slot['key']): SlotRates {
  return {
    key,
    provider: row.provider,
    model: row.model,
    basis: row.cost_basis,
    rate: row.rate === null ? null : parseRate(JSON.parse(row.rate)),
    serviceTier: row.service_tier,
    speed: row.speed,
    inferenceGeo: row.inference_geo,
    signals: row.signals.split(',') as Signal[],
    requests: row.requests,
    observations: row.observations,
    tokens: {
      input: row.input,
      cacheRead: row.cache_read,
      cacheWrite5m: row.cache_write_5m,
      cacheWrite1h: row.cache_write_1h,
      cacheWrite: row.cache_write,
      output: row.output,
      reasoning: row.reasoning,
    },
    webSearches: row.web_searches,
    costNanoUsd: row.cost_nano_usd,
  };
}
