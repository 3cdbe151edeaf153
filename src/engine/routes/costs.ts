import type { Costs } from '../../api/contract.ts';
import { type Filter, filterKeys, matchesFilter } from '../../core/filter.ts';
import { addSums, type GroupKey, type GroupSums, noSums, type Range, type Sums } from '../../core/sums.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { mergeRates, type SlotRates } from '../../ledger/sums/rateSums.ts';
import { nameTimes, timeKeys } from '../../ledger/tables/slots.ts';
import { formatCostFigures, formatRatedCalls } from '../answers/costFigures.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';
import { keyOf } from '../machine/keyOf.ts';
import { formatRange, isMachineWide, parseFilter, parseRange } from './selection.ts';
import { parseGroupBy } from './summary.ts';

/** `GET /v1/costs`: what the cost of a range is made of, by token kind, by how it is known, and by rate. */
export const costsRoute: Route = {
  method: 'GET',
  path: '/v1/costs',
  access: 'ledger',
  handle: async call => {
    const { ledger, zone } = findLedger(call);
    const range = parseRange(call.query, Date.now(), zone);
    const filter = parseFilter(call.query);
    const keys = parseTimeKeys(call.query);
    const machine = isMachineWide(call) ? call.engine.machineSums : null;
    const { total, groups } = machine
      ? await machine.group(range, keys, zone, filter)
      : sumLedger(ledger, range, keys, zone, filter);
    const rates = machine
      ? await readAllRates(machine, range, keys, zone, filter)
      : ledger.rates(range, keys, zone, filter);
    const nameOf = (key: GroupSums['key']) => keys.map(name => key[name]).join();
    const byTime = new Map<string, SlotRates[]>();
    for (const each of rates) {
      byTime.set(nameOf(each.key), [...(byTime.get(nameOf(each.key)) ?? []), each]);
    }
    const whole = mergeRates(rates.map(each => ({ ...each, key: {} })));
    const costs: Costs = {
      ...formatRange(range),
      total: formatCostFigures(total, whole),
      groups: groups
        .map(({ key, sums }) => ({ key, ...formatCostFigures(sums, byTime.get(nameOf(key)) ?? []) }))
        .sort((a, b) => (nameOf(a.key) < nameOf(b.key) ? -1 : 1)),
      rates: whole.sort((a, b) => b.costNanoUsd - a.costNanoUsd || b.requests - a.requests).map(formatRatedCalls),
    };
    sendJson(call.response, 200, costs);
  },
};

/** Stretches of time share no call and leave none out, so that their sums are the total. */
function sumLedger(
  ledger: Ledger,
  range: Range,
  keys: readonly GroupKey[],
  zone: string,
  filter: Filter,
): { readonly total: Sums; readonly groups: readonly GroupSums[] } {
  if (keys.length === 0) {
    return { total: ledger.sum(range, filter), groups: [] };
  }
  const groups = ledger.group(range, keys, zone, filter);
  return { total: groups.reduce((total, { sums }) => addSums(total, sums), noSums), groups };
}

type Machine = NonNullable<GrantedCall['engine']['machineSums']>;

/** Those of all ledgers; a call that several hold counts once. */
async function readAllRates(
  machine: Machine,
  range: Parameters<Machine['collect']>[0],
  keys: readonly GroupKey[],
  zone: string,
  filter: ReturnType<typeof parseFilter>,
): Promise<SlotRates[]> {
  const { parts, extra } = await machine.collect(range, ledger => ledger.rates(range, keys, zone, filter));
  const wanted = timeKeys.filter(key => keys.includes(key));
  const taken = extra
    .filter(row => matchesFilter(filter, keyOf(row, filterKeys, zone)))
    .map(({ record, cost, signals, observations }): SlotRates => {
      const { tokens } = record;
      return {
        key: nameTimes(record.timestamp, wanted, zone),
        provider: record.provider,
        model: record.model,
        basis: cost.basis,
        rate: cost.rate,
        serviceTier: record.serviceTier,
        speed: record.speed,
        inferenceGeo: record.inferenceGeo,
        signals,
        requests: -1,
        observations: -observations,
        tokens: {
          input: -(tokens.input ?? 0),
          cacheRead: -tokens.cacheRead,
          cacheWrite5m: -tokens.cacheWrite5m,
          cacheWrite1h: -tokens.cacheWrite1h,
          cacheWrite: -tokens.cacheWrite,
          output: -(tokens.output ?? 0),
          reasoning: -(tokens.reasoning ?? 0),
        },
        webSearches: -record.webSearches,
        costNanoUsd: -(cost.nanoUsd ?? 0),
      };
    });
  return mergeRates([...parts.flat(), ...taken]).filter(({ requests }) => requests !== 0);
}

function parseTimeKeys(query: URLSearchParams): GroupKey[] {
  const keys = parseGroupBy(query.getAll('group_by').join(','));
  const unknown = keys.find(key => !timeKeys.some(known => known === key));
  if (unknown !== undefined) {
    throw new HttpProblem(400, `group_by: "${unknown}" is not one of ${timeKeys.join(', ')}.`, { field: 'group_by' });
  }
  return keys;
}
