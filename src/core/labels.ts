import type { Labels } from '../contributions.ts';
import type { UsageRecord } from './usageRecord.ts';

type Labelled = Pick<UsageRecord, 'userId' | 'team' | 'project'>;

const fields = { userId: 'user', team: 'team', project: 'project' } as const satisfies Record<
  keyof Labelled,
  keyof Labels
>;
const names = Object.keys(fields) as (keyof typeof fields)[];

/** What a call does not say of team, user and project, as the labels say it; what it says itself stays. */
export function addLabels<T extends Labelled>(call: T, labels: Labels): T {
  const missing = names.filter(name => call[name] === null && labels[fields[name]] !== undefined);
  return missing.length === 0
    ? call
    : { ...call, ...Object.fromEntries(missing.map(name => [name, labels[fields[name]]])) };
}

/** A stored call without what the labels may have said, so that another report that says it itself is believed. */
export function removeLabels<T extends Labelled>(call: T, labels: Labels): T {
  const added = names.filter(name => call[name] !== null && call[name] === labels[fields[name]]);
  return added.length === 0 ? call : { ...call, ...Object.fromEntries(added.map(name => [name, null])) };
}

/** A merged call with what {@link removeLabels} took from the stored ones, where no report says it. */
export function restoreLabels<T extends Labelled>(call: T, stored: readonly Labelled[]): T {
  const missing = names.filter(name => call[name] === null);
  const kept = (name: keyof Labelled) => stored.find(each => each[name] !== null)?.[name] ?? null;
  return { ...call, ...Object.fromEntries(missing.map(name => [name, kept(name)])) };
}
