import { type GroupKey, type Summary, type SummaryPeriod, summaryPeriods } from '../../api/contract.ts';
import { parseInstantOrDay, periodRange } from '../../core/calendar.ts';
import { groupKeys, type Range } from '../../core/sums.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../call.ts';
import { compareSums, formatFigures } from '../figures.ts';
import { HttpProblem } from '../problem.ts';

/** `GET /v1/summary`: sums over a period, as a whole and by what `group_by` names. */
export const summaryRoute: Route = {
  method: 'GET',
  path: '/v1/summary',
  access: 'ledger',
  handle: async call => {
    const { ledger, zone } = findLedger(call);
    const range = parseRange(call.query, Date.now(), zone);
    const keys = parseGroupBy(call.query.getAll('group_by').join(','));
    const machine = isMachineWide(call) ? call.engine.machineSums : null;
    const { total, groups } = machine
      ? await machine.group(range, keys, zone)
      : { total: ledger.sum(range), groups: keys.length === 0 ? [] : ledger.group(range, keys, zone) };
    const nameOf = (key: object) => JSON.stringify(Object.values(key));
    groups.sort((a, b) => compareSums(a.sums, b.sums) || (nameOf(a.key) < nameOf(b.key) ? -1 : 1));
    const summary: Summary = {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      total: formatFigures(total),
      groups: groups.map(({ key, sums }) => ({ key, ...formatFigures(sums) })),
    };
    sendJson(call.response, 200, summary);
  },
};

/** `scope=machine`: all ledgers of the user. An engine that runs alone has one. Throws 400 or 403. */
function isMachineWide({ query, access }: GrantedCall): boolean {
  const scope = query.get('scope') ?? 'ledger';
  if (scope !== 'ledger' && scope !== 'machine') {
    throw new HttpProblem(400, 'scope must be ledger or machine.', { field: 'scope' });
  }
  if (scope === 'machine' && !access.isAdmin) {
    throw new HttpProblem(403, 'Only the admin token can read the sums of all ledgers.', { field: 'scope' });
  }
  return scope === 'machine';
}

function parseRange(query: URLSearchParams, nowMs: number, zone: string): Range {
  const repeated = ['period', 'from', 'to', 'scope'].find(field => query.getAll(field).length > 1);
  if (repeated !== undefined) {
    throw new HttpProblem(400, `${repeated} is given more than once.`, { field: repeated });
  }
  const period = query.get('period');
  const from = query.get('from');
  const to = query.get('to');
  if (from === null && to === null) {
    return periodRange(parsePeriod(period ?? 'today'), nowMs, zone);
  }
  if (period !== null) {
    throw new HttpProblem(400, 'Give either period, or from and to.', { field: 'period' });
  }
  if (from === null) {
    throw new HttpProblem(400, 'from is missing beside to.', { field: 'from' });
  }
  const fromMs = parseInstant('from', from, zone);
  const toMs = to === null ? periodRange('today', nowMs, zone).toMs : parseInstant('to', to, zone);
  if (toMs < fromMs) {
    throw new HttpProblem(400, 'to is before from.', { field: 'to' });
  }
  return { fromMs, toMs };
}

function parsePeriod(text: string): SummaryPeriod {
  const period = summaryPeriods.find(known => known === text);
  if (period === undefined) {
    throw new HttpProblem(400, `period must be one of ${summaryPeriods.join(', ')}.`, { field: 'period' });
  }
  return period;
}

/** An instant or a date of the zone, as epoch ms. Throws 400 with the field's name. */
export function parseInstant(field: string, text: string, zone: string): number {
  try {
    // A plus that was not percent-encoded arrives as a space.
    return parseInstantOrDay(text.trim().replace(/ (\d\d:?\d\d)$/, '+$1'), zone);
  } catch (error) {
    throw new HttpProblem(400, `${field}: ${error instanceof Error ? error.message : 'unreadable'}`, { field });
  }
}

function parseGroupBy(text: string): GroupKey[] {
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
