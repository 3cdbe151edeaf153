import type { GroupKey, Range } from '../../core/sums.ts';
import { addDays, dayOf, hourOf, nameStretch, startOfDay, stretchOf } from '../../core/time/calendar.ts';
import { bucketMs } from './schema.ts';

/** What time can be grouped by. */
export type TimeKey = 'day' | 'hour' | 'week' | 'month';
export const timeKeys: readonly TimeKey[] = ['hour', 'day', 'week', 'month'];

/** A stretch of time that is one group: an hour, a day, a week, a month, or the whole range. */
export interface Slot extends Range {
  readonly key: Readonly<Partial<Record<TimeKey, string>>>;
}

/**
 * Cuts a range into the shortest of the stretches that `keys` ask for, in a zone, each clipped to the range; longer ones are part of
 * their keys. The borders between slots are whole rollup buckets, because zones are multiples of a quarter of an hour.
 */
export function cutIntoSlots(range: Range, keys: readonly GroupKey[], zone: string): Slot[] {
  const wanted = timeKeys.filter(key => keys.includes(key));
  const [shortest] = wanted;
  switch (shortest) {
    case undefined:
      return [{ ...range, key: {} }];
    case 'hour':
      return cutIntoHours(range, zone).map(slot => nameSlot(slot, wanted, zone));
    default:
      return cutIntoDays(range, shortest, zone).map(slot => nameSlot(slot, wanted, zone));
  }
}

/** The names that an instant's stretches have (`YYYY-MM-DDTHH:00`, `YYYY-MM-DD`, the Monday's, `YYYY-MM`). */
export function nameTimes(ms: number, wanted: readonly TimeKey[], zone: string): Partial<Record<TimeKey, string>> {
  const names: Partial<Record<TimeKey, string>> = {};
  for (const key of wanted) {
    names[key] =
      key === 'hour' ? hourOf(ms, zone) : key === 'day' ? dayOf(ms, zone) : nameStretch(dayOf(ms, zone), key);
  }
  return names;
}

function nameSlot(range: Range, wanted: readonly TimeKey[], zone: string): Slot {
  return { ...range, key: nameTimes(range.fromMs, wanted, zone) };
}

function cutIntoDays({ fromMs, toMs }: Range, unit: 'day' | 'week' | 'month', zone: string): Range[] {
  const slots: Range[] = [];
  for (let start = fromMs; start < toMs; ) {
    const day = dayOf(start, zone);
    const next = unit === 'day' ? addDays(day, 1) : stretchOf(day, unit)[1];
    const end = Math.min(toMs, startOfDay(next, zone));
    slots.push({ fromMs: start, toMs: end });
    start = end;
  }
  return slots;
}

function cutIntoHours({ fromMs, toMs }: Range, zone: string): Range[] {
  const slots: Range[] = [];
  for (let start = fromMs; start < toMs; ) {
    const hour = hourOf(start, zone);
    let end = (Math.floor(start / bucketMs) + 1) * bucketMs;
    while (end < toMs && hourOf(end, zone) === hour) {
      end += bucketMs;
    }
    slots.push({ fromMs: start, toMs: Math.min(end, toMs) });
    start = end;
  }
  return slots;
}

/** First whole bucket of a slot, and the one after the last. */
export function wholeBuckets({ fromMs, toMs }: Range): [number, number] {
  const first = Math.ceil(fromMs / bucketMs);
  return [first, Math.max(first, Math.floor(toMs / bucketMs))];
}

/** The parts of slots that are no whole buckets. */
export function raggedEnds(slots: readonly Slot[]): (Range & { index: number })[] {
  return slots.flatMap((slot, index) => {
    const [first, end] = wholeBuckets(slot).map(bucket => bucket * bucketMs) as [number, number];
    const head = { index, fromMs: slot.fromMs, toMs: Math.min(first, slot.toMs) };
    const tail = { index, fromMs: Math.max(end, head.toMs), toMs: slot.toMs };
    return [head, tail].filter(({ fromMs, toMs }) => fromMs < toMs);
  });
}
