import { addSeries, failures, metricLabels, type Series } from './reading.ts';

/** Values a label may have before the rest is `other`, in the order of `metricLabels` and with that of failures; models come in the most variety. */
const maxValues = [30, 150, 50, 50, 100, 100, 2, failures.length];
/** Combinations of labels before the rest is `other` in all of them. */
const maxSeries = 500;
/** Characters of a label's value. */
const maxLength = 120;

/** Stands for what is beyond the bounds. */
export const otherValue = 'other';

/**
 * Folds series so that their labels have a bounded number of values and combinations, whatever names a program invents. Those that
 * were `told` before keep their place; of new ones the largest (by their first number) come first. A place once given is never
 * taken back, because a counter must not fall. `labels` are the indices of the parts of a key that are kept.
 */
export function boundSeries(series: Series, told: Iterable<string>, labels: readonly number[]): Series {
  const places = new Set(told);
  const values = labels.map(() => new Set<string>());
  const note = (key: string) => {
    for (const [index, value] of (JSON.parse(key) as string[]).entries()) {
      values[index]?.add(value);
    }
  };
  for (const key of places) {
    note(key);
  }
  const overflow = JSON.stringify(labels.map(() => otherValue));
  let bounded: Series = new Map();
  const largestFirst = [...series].sort(([a, [x = 0]], [b, [y = 0]]) => y - x || (a < b ? -1 : 1));
  for (const [key, numbers] of largestFirst) {
    const named = JSON.parse(key) as (string | null)[];
    const wanted = labels.map((label, index) => {
      const value = clip(named[label] ?? '');
      const known = values[index];
      const hasPlace = value === '' || known?.has(value) || (known?.size ?? 0) < (maxValues[label] ?? 0);
      return hasPlace ? value : otherValue;
    });
    const place = JSON.stringify(wanted);
    const taken = places.has(place) || places.size < maxSeries ? place : overflow;
    places.add(taken);
    note(taken);
    bounded = addSeries(bounded, new Map([[taken, numbers]]));
  }
  return bounded;
}

/** All labels of a reading. */
export const everyLabel: readonly number[] = metricLabels.map((_, index) => index);

function clip(value: string): string {
  return (value.length <= maxLength ? value : `${value.slice(0, maxLength - 1)}…`).toWellFormed();
}
