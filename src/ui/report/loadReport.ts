import { chooseInterval } from '../../../webview-ui/intervals.ts';
import type { ExplainedContent, Found, Place, ReportPeriod, ViewContent } from '../../../webview-ui/messages.ts';
import { ApiError } from '../../api/apiError.ts';
import type { Client, ReadOptions, SummaryRange } from '../../api/client.ts';
import type { Summary, Totals } from '../../api/contract.ts';
import { type Filter, type FilterKey, filterKeys } from '../../core/filter.ts';
import { spendOf } from '../../core/spend.ts';
import { countDays } from '../../core/time/calendar.ts';

type Reader = Pick<Client, 'summary' | 'costs' | 'sessions' | 'records' | 'record' | 'budgets' | 'estimates'>;

/** What a place shows, with the range it is of. */
export interface LoadedPlace {
  readonly from: string;
  readonly to: string;
  readonly view: ViewContent;
  readonly explained: ExplainedContent | null;
}

export interface LoadOptions {
  /** IANA zone of the days. */
  readonly zone: string;
  /** The ledger's totals as they stand. */
  readonly totals: Totals;
  readonly signal?: AbortSignal | undefined;
}

/** How often the tables are asked for again when a record came in between them. */
const maxTries = 3;
/** Calls that an explanation and a timeline show at most. */
const mostBehind = 50;
const mostCalls = 1000;
/** Past periods of a budget, the one under way among them. */
const shownPeriods = 13;
const allTime: SummaryRange = { from: '1970-01-02', to: '2200-01-01' };

/** All that a place shows, of one range. Throws what the client throws. */
export async function loadPlace(client: Reader, place: Place, options: LoadOptions): Promise<LoadedPlace> {
  const read = { filter: place.filter, signal: options.signal };
  // A named period is resolved once: midnight may fall between two calls.
  const named = await client.summary(toRange(place.period), [], { ...read, isCompared: place.view === 'overview' });
  const range = { from: named.from, to: named.to };
  const [view, explained] = await Promise.all([
    loadView(client, place, named, options),
    place.explained ? loadExplained(client, place.explained, range, options.signal) : null,
  ]);
  return { ...range, view, explained };
}

function loadView(client: Reader, place: Place, named: Summary, options: LoadOptions): Promise<ViewContent> {
  const { signal, totals } = options;
  const range = { from: named.from, to: named.to };
  const read = { filter: place.filter, signal };
  if (place.search !== '') {
    return search(client, place.search, named, read);
  }
  switch (place.view) {
    case 'overview':
      return loadOverview(client, place, named, options);
    case 'sessions':
      return place.session === null
        ? client.sessions(range, read).then(sessions => ({ kind: 'sessions', sessions }))
        : loadSession(client, place.session, read);
    case 'budgets':
      return client
        .budgets(shownPeriods, signal)
        .then(({ budgets }) => ({ kind: 'budgets', budgets, burn: totals.burn }));
    case 'estimates':
      return client.estimates(signal).then(accuracy => ({ kind: 'estimates', accuracy }));
  }
}

/**
 * The overview's tables, all of one range, and as far as the stream of records lets it, of one moment: a page whose tables disagree
 * would be a wrong number.
 */
async function loadOverview(
  client: Reader,
  { filter, interval: wanted, stack, dimension }: Place,
  named: Summary,
  { zone, signal }: LoadOptions,
): Promise<ViewContent> {
  const range = { from: named.from, to: named.to };
  const interval = chooseInterval(
    wanted,
    countDays({ fromMs: Date.parse(named.from), toMs: Date.parse(named.to) }, zone),
  );
  const ask = (keys: Parameters<Reader['summary']>[1], isCompared = false) =>
    client.summary(range, keys, { filter, signal, isCompared });
  for (let attempt = 1; ; attempt++) {
    const models = ask(['model']);
    const [summary, costs, breakdown, byModel] = await Promise.all([
      ask(stack === 'kind' ? [interval] : [interval, stack]),
      client.costs(range, [interval], { filter: withoutSubscriptions(filter), signal }),
      dimension === 'model' ? models : ask([dimension]),
      models,
    ]);
    const isOfOneMoment = [breakdown, byModel].every(table => isSameTotal(table, summary));
    if (attempt === maxTries || (isOfOneMoment && costs.total.cost_usd === spendOf(summary.total))) {
      const { previous } = named;
      return {
        kind: 'overview',
        summary: { ...summary, ...(previous && { previous }) },
        costs,
        breakdown,
        models: byModel,
        interval,
      };
    }
  }
}

/** The whole session, whatever period is shown. */
async function loadSession(client: Reader, session: string, read: ReadOptions): Promise<ViewContent> {
  const filter = { ...read.filter, session_id: [session] };
  const [{ sessions }, { records }] = await Promise.all([
    client.sessions(allTime, { ...read, filter }),
    client.records({ ...read, filter, order: 'oldest', limit: mostCalls }),
  ]);
  return { kind: 'session', session: sessions[0] ?? null, records };
}

/** Where a text occurs in a name, in any of the dimensions. */
async function search(client: Reader, text: string, named: Summary, read: ReadOptions): Promise<ViewContent> {
  const range = { from: named.from, to: named.to };
  const wanted = text.toLocaleLowerCase();
  const keys = filterKeys.filter(key => key !== 'plan');
  const found = await Promise.all(
    keys.map(async (dimension: FilterKey): Promise<Found[]> => {
      const { groups } = await client.summary(range, [dimension], read);
      return groups.flatMap(({ key, ...figures }) => {
        const name = key[dimension] ?? null;
        return name?.toLocaleLowerCase().includes(wanted) ? [{ dimension, name, figures }] : [];
      });
    }),
  );
  return { kind: 'search', total: named.total, found: found.flat() };
}

async function loadExplained(
  client: Reader,
  explained: NonNullable<Place['explained']>,
  range: SummaryRange,
  signal: AbortSignal | undefined,
): Promise<ExplainedContent> {
  if (explained.kind === 'record') {
    const record = await client.record(explained.id, signal).catch(error => {
      if (error instanceof ApiError && error.status === 404) {
        return null;
      }
      throw error;
    });
    return { kind: 'record', record };
  }
  const { label, filter } = explained;
  const read = { filter, signal };
  const [summary, costs, { records }] = await Promise.all([
    client.summary(range, [], read),
    client.costs(range, [], { filter: withoutSubscriptions(filter), signal }),
    client.records({ ...read, range, order: 'dearest', limit: mostBehind }),
  ]);
  return { kind: 'calls', label, summary, costs, records };
}

/** Spend is what is paid per token; what a subscription pays for is summed apart. */
function withoutSubscriptions(filter: Filter): Filter {
  return { plan: ['api'], ...filter };
}

/** A period as the interface takes it. */
export function toRange(period: ReportPeriod): SummaryRange {
  return period.kind === 'named' ? { period: period.name } : { from: period.from, to: period.to };
}

function isSameTotal({ total: a }: Summary, { total: b }: Summary): boolean {
  return a.requests === b.requests && a.cost_usd === b.cost_usd && a.prompt_tokens === b.prompt_tokens;
}
