/** How long a bar of the chart is: the panel asks for it, the page draws it. Pure. */
import type { Interval } from './messages.ts';

export type BarLength = Exclude<Interval, 'auto'>;
/** Fewer than a hundred bars, so that each can be seen and told. */
const mostHours = 4;
const mostDays = 92;

/** The bar lengths that a range of so many days can be drawn in. */
export function possibleIntervals(days: number): readonly BarLength[] {
  return [
    ...(days <= mostHours ? (['hour'] as const) : []),
    ...(days <= mostDays ? (['day'] as const) : []),
    'week',
    'month',
  ];
}

/** The length of a bar that is drawn: the wanted one where it fits the range, else one that does. */
export function chooseInterval(wanted: Interval, days: number): BarLength {
  const possible = possibleIntervals(days);
  if (wanted !== 'auto' && possible.includes(wanted)) {
    return wanted;
  }
  return days <= 2 ? 'hour' : days <= mostDays ? 'day' : days <= 400 ? 'week' : 'month';
}
