import { type GroupKey, groupKeys } from './sums.ts';

const timeKeys = ['day', 'hour', 'week', 'month'] as const;

/** What calls can be chosen by: everything they can be grouped by but time, which a range says. */
export type FilterKey = Exclude<GroupKey, (typeof timeKeys)[number]>;
export const filterKeys = groupKeys.filter((key): key is FilterKey => !(timeKeys as readonly GroupKey[]).includes(key));

/** Calls that have one of the values for every key named; null stands for calls without a value. */
export type Filter = Readonly<Partial<Record<FilterKey, readonly (string | null)[]>>>;

/** Whether a call is among the chosen ones, by the values it has. */
export function matchesFilter(filter: Filter, values: Readonly<Partial<Record<FilterKey, string | null>>>): boolean {
  return filterKeys.every(key => filter[key]?.includes(values[key] ?? null) ?? true);
}
