import type { BudgetSetting, Enforcement, Settings } from '../../contributions.ts';
import { maxNameLength } from '../settings/budgets.ts';
import type { SettingsProblem } from '../settings/checks.ts';
import { parseSettings, readKey } from '../settings/parseSettings.ts';
import { levelKeys } from './levelKeys.ts';
import { filterKey } from './match.ts';

/** What was set of the budgets in one place: in the user's settings, or in a workspace's. Left out: not set there. */
export interface BudgetLevel {
  readonly 'budget.daily'?: number;
  readonly 'budget.enforce'?: Enforcement;
  readonly budgets?: readonly BudgetSetting[];
}

/** What one place sets of the budgets, in the nested form of settings. A bad value counts as not set and gives a problem. */
export function parseLevel(nested: unknown): {
  readonly level: BudgetLevel;
  readonly problems: readonly SettingsProblem[];
} {
  const { settings, problems } = parseSettings(nested);
  const bad = new Set(problems.map(({ key }) => key));
  const given = levelKeys.filter(key => readKey(nested, key) !== undefined && !bad.has(key));
  return { level: Object.fromEntries(given.map(key => [key, settings[key]])), problems };
}

/**
 * The budgets in effect where a workspace has settings of its own. A workspace adds budgets and tightens those of the user, and never
 * loosens one:
 * - a budget with the name, period, scope and match of a user's is that budget: the lower limit, the stricter enforcement, the thresholds
 *   of both, and subscriptions count if either says so. With the same name only, it is another budget beside it.
 * - `budget.enforce` can be turned on by a workspace, not off.
 * - `budget.daily` is the workspace's own, as any setting is; where the user enforces budgets, the lower one holds.
 */
export function mergeLevels(
  user: BudgetLevel,
  workspace: BudgetLevel,
  defaults: Settings,
): Pick<Settings, 'budget.daily' | 'budget.enforce' | 'budgets'> {
  const enforce = user['budget.enforce'] ?? defaults['budget.enforce'];
  const userDaily = user['budget.daily'] ?? defaults['budget.daily'];
  const daily = workspace['budget.daily'] ?? userDaily;
  return {
    'budget.daily': enforce === 'off' ? daily : lowerLimit(daily, userDaily),
    'budget.enforce': stricter(enforce, workspace['budget.enforce']) ?? 'off',
    budgets: mergeLists(user.budgets ?? [], workspace.budgets ?? []),
  };
}

/** Of two limits the lower one; 0 is none. */
function lowerLimit(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.min(a, b) : Math.max(a, b);
}

function mergeLists(users: readonly BudgetSetting[], workspaces: readonly BudgetSetting[]): readonly BudgetSetting[] {
  const merged = new Map(users.map(budget => [budget.name, budget]));
  const taken = new Set([...users, ...workspaces].map(({ name }) => name));
  for (const budget of workspaces) {
    const known = merged.get(budget.name);
    if (known === undefined) {
      merged.set(budget.name, budget);
    } else if (isSame(known, budget)) {
      merged.set(budget.name, tighten(known, budget));
    } else {
      const name = findFreeName(budget.name, taken);
      taken.add(name);
      merged.set(name, { ...budget, name });
    }
  }
  return [...merged.values()];
}

/** Whether two budgets count the same calls over the same time, so that one limit can take the place of the other. */
function isSame(a: BudgetSetting, b: BudgetSetting): boolean {
  const all = { includeSubscriptions: true };
  return a.period === b.period && a.scope === b.scope && filterKey({ ...a, ...all }) === filterKey({ ...b, ...all });
}

function tighten(user: BudgetSetting, workspace: BudgetSetting): BudgetSetting {
  const enforce = stricter(user.enforce, workspace.enforce);
  const thresholds = [...(user.thresholds ?? []), ...(workspace.thresholds ?? [])];
  return {
    ...user,
    limitUsd: Math.min(user.limitUsd, workspace.limitUsd),
    includeSubscriptions: user.includeSubscriptions || workspace.includeSubscriptions,
    // Where only the workspace names some, the user's general thresholds hold on.
    ...(user.thresholds === undefined ? {} : { thresholds: [...new Set(thresholds)].sort((a, b) => a - b) }),
    ...(enforce === undefined ? {} : { enforce }),
  };
}

/** `gateway` where either says so, else what the user said: a workspace's "off" is no answer for the user. */
function stricter(user: Enforcement | undefined, workspace: Enforcement | undefined): Enforcement | undefined {
  return workspace === 'gateway' ? 'gateway' : user;
}

function findFreeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const ending = number === 1 ? ' (workspace)' : ` (workspace ${number})`;
    const free = name.slice(0, maxNameLength - ending.length) + ending;
    if (!taken.has(free)) {
      return free;
    }
  }
}
