import type { GroupKey, Summary } from '../../api/contract.ts';
import { type Filter, filterKeys, matchesFilter } from '../../core/filter.ts';
import { groupKeys, type Range } from '../../core/sums.ts';
import { previousRange } from '../../core/time/calendar.ts';
import { compareSums, formatFigures } from '../answers/figures.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';
import { formatRange, isMachineWide, namedPeriod, parseFilter, parseRange } from './selection.ts';

/** `GET /v1/summary`: sums over a period, as a whole and by what `group_by` names. */
export const summaryRoute: Route = {
  method: 'GET',
  path: '/v1/summary',
  access: 'ledger',
  handle: async call => {
    const { ledger, zone } = findLedger(call);
    const range = parseRange(call.query, Date.now(), zone);
    const keys = parseGroupBy(call.query.getAll('group_by').join(','));
    const filter = parseFilter(call.query);
    const machine = isMachineWide(call) ? call.engine.machineSums : null;
    const read = async (range: Range, keys: readonly GroupKey[]) =>
      machine
        ? machine.group(range, keys, zone, filter)
        : {
            total: ledger.sum(range, filter),
            groups: keys.length === 0 ? [] : ledger.group(range, keys, zone, filter),
          };
    const { total, groups } = await read(range, keys);
    const before = isCompared(call.query) ? previousRange(range, namedPeriod(call.query), Date.now(), zone) : null;
    const nameOf = (key: object) => JSON.stringify(Object.values(key));
    groups.sort((a, b) => compareSums(a.sums, b.sums) || (nameOf(a.key) < nameOf(b.key) ? -1 : 1));
    const summary: Summary = {
      ...formatRange(range),
      total: formatFigures(total),
      groups: groups.map(({ key, sums }) => ({ key, ...formatFigures(sums) })),
      failed_requests: await countFailed(call, range, filter),
      ...(before && { previous: { ...formatRange(before), total: formatFigures((await read(before, [])).total) } }),
    };
    sendJson(call.response, 200, summary);
  },
};

/** Failed calls that have the values a filter names. */
async function countFailed(call: GrantedCall, range: Range, filter: Filter): Promise<number> {
  const { ledger, zone } = findLedger(call);
  const keys = filterKeys.filter(key => key in filter);
  const machine = isMachineWide(call) ? call.engine.machineSums : null;
  const groups = machine ? await machine.groupFailed(range, keys, zone) : ledger.failed.group(range, keys, zone);
  return groups
    .filter(({ key }) => matchesFilter(filter, key as Readonly<Record<string, string | null>>))
    .reduce((sum, { requests }) => sum + requests, 0);
}

/** `compare=previous`. Throws 400 for anything else. */
function isCompared(query: URLSearchParams): boolean {
  const compare = query.get('compare');
  if (compare !== null && compare !== 'previous') {
    throw new HttpProblem(400, 'compare must be previous.', { field: 'compare' });
  }
  return compare !== null;
}

/** Throws 400 for a name that is none. */
export function parseGroupBy(text: string): GroupKey[] {
  const names = text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  const unknown = names.find(name => !groupKeys.some(key => key === name));
  if (unknown !== undefined) {
    throw new HttpProblem(400, `group_by: "${unknown}" is not one of ${groupKeys.join(', ')}.`, { field: 'group_by' });
  }
  return [...new Set(names)] as GroupKey[];
}
