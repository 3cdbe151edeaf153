import type { WindowRegistration } from '../../api/contract.ts';
import { defaultSettings, type Settings } from '../../contributions.ts';
import { levelKeys } from '../../core/budget/levelKeys.ts';
import { type BudgetLevel, mergeLevels, parseLevel } from '../../core/budget/levels.ts';
import { parseSettings } from '../../core/settings/parseSettings.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

/** What a window says of the settings, read. */
export interface ReadRegistration {
  readonly settings: Settings;
  /** Null when the window does not tell what the user and what the workspace set. */
  readonly levels: { readonly user: BudgetLevel; readonly workspace: BudgetLevel } | null;
  /** Sentences for the user. */
  readonly problems: readonly string[];
}

/** The settings of a registration, with the budgets that user and workspace make together. */
export function readRegistration({ settings: nested, levels }: WindowRegistration): ReadRegistration {
  const { settings, problems } = parseSettings(nested);
  if (!levels) {
    return { settings, levels: null, problems: problems.map(({ message }) => message) };
  }
  const user = parseLevel(levels.user);
  const workspace = parseLevel(levels.workspace);
  const isLeveled = (key: string) => levelKeys.some(name => key === name || key.startsWith(`${name}.`));
  return {
    settings: { ...settings, ...mergeLevels(user.level, workspace.level, defaultSettings) },
    levels: { user: user.level, workspace: workspace.level },
    problems: [
      ...problems.filter(({ key }) => !isLeveled(key)).map(({ message }) => message),
      ...user.problems.map(({ message }) => message),
      ...workspace.problems.map(({ message }) => `In the settings of the workspace: ${message}`),
    ],
  };
}

/** The budgets that the user set, which hold in all ledgers as the last window told them, also in those whose windows are closed. */
export class BudgetLevels {
  #user: BudgetLevel = {};
  readonly #workspaces = new Map<LiveLedger, BudgetLevel>();

  /** A window of the ledger told its levels; the ledgers of others follow. Throws `StorageError`. */
  async share(
    live: LiveLedger,
    levels: NonNullable<ReadRegistration['levels']>,
    all: readonly LiveLedger[],
  ): Promise<void> {
    this.#workspaces.set(live, levels.workspace);
    if (JSON.stringify(levels.user) !== JSON.stringify(this.#user)) {
      this.#user = levels.user;
      for (const other of all.filter(each => each !== live)) {
        await this.follow(other);
      }
    }
  }

  /** Brings the user's budgets to a ledger that has no window, or none that told anything yet. Throws `StorageError`. */
  async follow(live: LiveLedger): Promise<void> {
    const workspace = this.#workspaces.get(live);
    const { 'budget.daily': daily, ...merged } = mergeLevels(this.#user, workspace ?? {}, defaultSettings);
    const settings = { ...live.settings, ...merged, ...(workspace ? { 'budget.daily': daily } : {}) };
    if (levelKeys.some(key => JSON.stringify(settings[key]) !== JSON.stringify(live.settings[key]))) {
      await live.applySettings(settings);
    }
  }
}
