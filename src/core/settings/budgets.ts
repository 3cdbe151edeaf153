import {
  type BudgetMatch,
  type BudgetSetting,
  budgetMatchKeys,
  budgetPeriods,
  budgetScopes,
  defaultSettings,
  enforcements,
  type Settings,
} from '../../contributions.ts';
import { isNumber, isObject, isPercentList, maxUsd, problemOf, type SettingsProblem } from './checks.ts';

/** The name of the budget that the setting `budget.daily` makes; no other may have it. */
export const dailyName = 'daily';

export const maxNameLength = 60;
const maxBudgets = 100;

type Field<K extends keyof BudgetSetting = keyof BudgetSetting> = {
  readonly expected: string;
  readonly check: (value: unknown) => BudgetSetting[K] | undefined;
};

const oneOf = <T extends string>(values: readonly T[]) => ({
  expected: `one of ${values.join(', ')}`,
  check: (value: unknown): T | undefined => values.find(known => known === value),
});

/** What each field of a budget must be. */
export const budgetFields: { readonly [K in keyof BudgetSetting]-?: Field<K> } = {
  name: {
    expected: `a name of at most ${maxNameLength} characters`,
    check: value => {
      const name = typeof value === 'string' ? value.trim() : '';
      return name !== '' && name.length <= maxNameLength && !/\p{Cc}/u.test(name) ? name : undefined;
    },
  },
  limitUsd: {
    expected: 'an amount in USD above 0 and up to 1,000,000',
    check: value => (isNumber(value, 0, maxUsd) && value >= 1e-9 ? value : undefined),
  },
  period: oneOf(budgetPeriods),
  scope: oneOf(budgetScopes),
  match: {
    expected: `an object with any of ${budgetMatchKeys.join(', ')}, each a text in which * stands for any characters`,
    check: parseMatch,
  },
  thresholds: {
    expected: 'a list of percentages above 0, such as [80, 100]',
    check: value => (isPercentList(value) ? [...value] : undefined),
  },
  enforce: oneOf(enforcements),
  includeSubscriptions: {
    expected: 'true or false',
    check: value => (typeof value === 'boolean' ? value : undefined),
  },
};

/** The budgets that are good; each bad one gives a problem and is not used. */
export function parseBudgets(value: unknown, problems: SettingsProblem[]): Settings['budgets'] {
  if (value === undefined) {
    return defaultSettings.budgets;
  }
  if (!Array.isArray(value) || value.length > maxBudgets) {
    problems.push(problemOf('budgets', `"budgets" must be a list of at most ${maxBudgets} budgets`, 'it is not used'));
    return defaultSettings.budgets;
  }
  const budgets: BudgetSetting[] = [];
  for (const [index, entry] of value.entries()) {
    const budget = parseBudget(entry, budgets);
    if (typeof budget === 'string') {
      problems.push(problemOf(`budgets.${index}`, `Budget ${describe(entry, index)}: ${budget}`, 'it is not used'));
    } else {
      budgets.push(budget);
    }
  }
  return budgets;
}

/** The budget, or what is wrong with it. */
function parseBudget(entry: unknown, others: readonly BudgetSetting[]): BudgetSetting | string {
  if (!isObject(entry)) {
    return 'it must be an object such as {"name":"team","limitUsd":50,"period":"month"}';
  }
  const unknown = Object.keys(entry).find(key => !Object.hasOwn(budgetFields, key));
  if (unknown !== undefined) {
    return `there is no "${unknown}"; a budget has ${Object.keys(budgetFields).join(', ')}`;
  }
  const budget: Record<string, unknown> = { period: 'day', scope: 'workspace', match: {}, includeSubscriptions: false };
  for (const [key, { expected, check }] of Object.entries(budgetFields)) {
    const isNeeded = key === 'name' || key === 'limitUsd';
    const parsed = check(entry[key]);
    if (parsed !== undefined) {
      budget[key] = parsed;
    } else if (isNeeded || entry[key] !== undefined) {
      return `"${key}" must be ${expected}`;
    }
  }
  const parsed = budget as unknown as BudgetSetting;
  if (parsed.name === dailyName) {
    return `the name "${dailyName}" belongs to the setting budget.daily`;
  }
  return others.some(({ name }) => name === parsed.name) ? 'another one has this name already' : parsed;
}

function parseMatch(value: unknown): BudgetMatch | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const entries = Object.entries(value).map(
    ([key, text]) => [key, typeof text === 'string' ? text.trim() : ''] as const,
  );
  const isKnown = entries.every(([key, text]) => budgetMatchKeys.some(known => known === key) && text !== '');
  return isKnown ? Object.fromEntries(entries) : undefined;
}

function describe(entry: unknown, index: number): string {
  const name = isObject(entry) ? budgetFields.name.check(entry.name) : undefined;
  return name === undefined ? `number ${index + 1}` : `"${name}"`;
}
