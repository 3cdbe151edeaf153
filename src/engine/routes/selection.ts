/** Which calls a question is about: the ledgers, the range and the filter of a query. */
import { type SummaryPeriod, summaryPeriods } from '../../api/contract.ts';
import { type Filter, filterKeys } from '../../core/filter.ts';
import type { Range } from '../../core/sums.ts';
import { parseInstantOrDay, periodRange } from '../../core/time/calendar.ts';
import type { GrantedCall } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';

/**
 * The filter of a query: `model=gpt-4.1&agent=codex`. A key that is given twice chooses calls with either value, an empty value those
 * without any.
 */
export function parseFilter(query: URLSearchParams): Filter {
  const entries = filterKeys.flatMap(key => {
    const values = query.getAll(key);
    return values.length === 0 ? [] : [[key, values.map(value => (value === '' ? null : value))] as const];
  });
  return Object.fromEntries(entries);
}

/** `scope=machine`: all ledgers of the user. An engine that runs alone has one. Throws 400 or 403. */
export function isMachineWide({ query, access }: GrantedCall): boolean {
  const scope = query.get('scope') ?? 'ledger';
  if (scope !== 'ledger' && scope !== 'machine') {
    throw new HttpProblem(400, 'scope must be ledger or machine.', { field: 'scope' });
  }
  if (scope === 'machine' && !access.isAdmin) {
    throw new HttpProblem(403, 'Only the admin token can read the sums of all ledgers.', { field: 'scope' });
  }
  return scope === 'machine';
}

export function parseRange(query: URLSearchParams, nowMs: number, zone: string): Range {
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

/** The period a query names, or null when it gives instants or dates. */
export function namedPeriod(query: URLSearchParams): SummaryPeriod | null {
  return query.get('from') === null ? parsePeriod(query.get('period') ?? 'today') : null;
}

/** A whole number between bounds. Throws 400 with the field's name. */
export function parseCount(
  query: URLSearchParams,
  field: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const text = query.get(field);
  const count = text === null ? otherwise : /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (count < least || count > most) {
    throw new HttpProblem(400, `${field} must be a whole number from ${least} to ${most}.`, { field });
  }
  return count;
}

/** A range as the interface shows it. */
export function formatRange({ fromMs, toMs }: Range): { readonly from: string; readonly to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
