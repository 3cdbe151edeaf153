import { addDays, dayOf, hourOf, startOfDay } from '../core/calendar.ts';
import type { GroupKey, Range } from '../core/sums.ts';
import { bucketMs } from './schema.ts';

/** A stretch of time that is one group: a day, an hour, or the whole range. */
export interface Slot extends Range {
  readonly key: { readonly day?: string; readonly hour?: string };
}

/**
 * Cuts a range into the days or hours of a zone, as far as `keys` ask for them, each clipped to the range. The borders between
 * slots are whole rollup buckets, because zones are multiples of a quarter of an hour.
 */
export function cutIntoSlots(range: Range, keys: readonly GroupKey[], zone: string): Slot[] {
  const isByDay = keys.includes('day');
  if (keys.includes('hour')) {
    return cutIntoHours(range, zone).map(slot =>
      isByDay ? { ...slot, key: { ...slot.key, day: dayOf(slot.fromMs, zone) } } : slot,
    );
  }
  return isByDay ? cutIntoDays(range, zone) : [{ ...range, key: {} }];
}

function cutIntoDays({ fromMs, toMs }: Range, zone: string): Slot[] {
  const slots: Slot[] = [];
  for (let start = fromMs; start < toMs; ) {
    const day = dayOf(start, zone);
    const end = Math.min(toMs, startOfDay(addDays(day, 1), zone));
    slots.push({ fromMs: start, toMs: end, key: { day } });
    start = end;
  }
  return slots;
}

function cutIntoHours({ fromMs, toMs }: Range, zone: string): Slot[] {
  const slots: Slot[] = [];
  for (let start = fromMs; start < toMs; ) {
    const hour = hourOf(start, zone);
    let end = (Math.floor(start / bucketMs) + 1) * bucketMs;
    while (end < toMs && hourOf(end, zone) === hour) {
      end += bucketMs;
    }
    slots.push({ fromMs: start, toMs: Math.min(end, toMs), key: { hour } });
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
