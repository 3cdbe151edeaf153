import type { BudgetMatch } from '../../contributions.ts';
import { isGlobMatch } from '../prices/glob.ts';
import type { UsageRecord } from '../usageRecord.ts';

/** What a call has that budgets choose by. */
export type BudgetFacet = Pick<UsageRecord, 'agent' | 'model' | 'taskType' | 'userId' | 'branch'> & {
  /** Null when nobody said, which counts as `api`. */
  readonly plan?: string | null;
};

const facetKeys = { agent: 'agent', model: 'model', taskType: 'taskType', user: 'userId', branch: 'branch' } as const;

/** Which calls a budget counts. */
export interface BudgetFilter {
  readonly match: BudgetMatch;
  readonly includeSubscriptions: boolean;
}

/** Asked with every call, of a few filters that stay the same. */
const filterKeys = new WeakMap<BudgetFilter, string>();

/** Whether two budgets count the same calls when this text is the same. */
export function filterKey(filter: BudgetFilter): string {
  let key = filterKeys.get(filter);
  if (key === undefined) {
    key = JSON.stringify([Object.entries(filter.match).sort(), filter.includeSubscriptions]);
    filterKeys.set(filter, key);
  }
  return key;
}

/**
 * A check whether calls count for a budget: they have every value of its `match` (case does not count, `*` stands for any run of
 * characters), and no subscription pays for them unless it counts those too. A call without a value does not have it.
 */
export function createFilter({ match, includeSubscriptions }: BudgetFilter): (call: BudgetFacet) => boolean {
  const conditions = Object.entries(match).map(([key, pattern]) => ({
    name: facetKeys[key as keyof BudgetMatch],
    parts: pattern.toLowerCase().split('*'),
  }));
  return call =>
    (includeSubscriptions || call.plan !== 'subscription') &&
    conditions.every(({ name, parts }) => {
      const value = call[name]?.trim().toLowerCase();
      return value !== undefined && (parts.length === 1 ? value === parts[0] : isGlobMatch(parts, value));
    });
}
