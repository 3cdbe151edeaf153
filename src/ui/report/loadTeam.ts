import { chooseInterval } from '../../../webview-ui/intervals.ts';
import { type Place, teamDimensionOf, teamDimensions } from '../../../webview-ui/messages.ts';
import type { Client } from '../../api/client.ts';
import type { Filter } from '../../core/filter.ts';
import { countDays } from '../../core/time/calendar.ts';
import { type LoadedPlace, type LoadOptions, toRange } from './loadReport.ts';

/** What a place shows of the team, read from its database. Throws what the client throws. */
export async function loadTeam(
  client: Pick<Client, 'team'>,
  place: Place,
  { zone, signal }: Pick<LoadOptions, 'zone' | 'signal'>,
): Promise<LoadedPlace> {
  const filter: Filter = Object.fromEntries(
    teamDimensions.flatMap(key => (place.filter[key] ? [[key, place.filter[key]]] : [])),
  );
  const dimension = teamDimensionOf(place.dimension);
  const breakdown = await client.team(toRange(place.period), [dimension], { filter, signal });
  const range = { from: breakdown.from, to: breakdown.to };
  const days = countDays({ fromMs: Date.parse(range.from), toMs: Date.parse(range.to) }, zone);
  const interval = chooseInterval(place.interval, days);
  const spend = await client.team(range, [interval, dimension], { filter, signal });
  const view = { kind: 'team', spend, breakdown, budgets: breakdown.budgets, interval } as const;
  return { ...range, view, explained: null };
}
