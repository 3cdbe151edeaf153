import * as vscode from 'vscode';
import { defaultSettings, section } from '../../contributions.ts';
import { dailyName } from '../../core/settings/budgets.ts';

/** Where a setting is: the user's, for all workspaces, or this workspace's. */
export type Level = 'user' | 'workspace';

/** An entry of the list as it was written. */
export type BudgetEntry = Readonly<Record<string, unknown>>;

export interface StoredBudget {
  readonly level: Level;
  readonly name: string;
  readonly entry: BudgetEntry;
}

/** Levels that can be written in this window. */
export function writableLevels(): readonly Level[] {
  const hasWorkspace = (vscode.workspace.workspaceFolders?.length ?? 0) > 0 && vscode.workspace.isTrusted;
  return hasWorkspace ? ['workspace', 'user'] : ['user'];
}

/** What one level sets; undefined where it sets nothing. */
export function readLevel<T>(key: string, level: Level): T | undefined {
  const found = vscode.workspace.getConfiguration(section).inspect<T>(key);
  return level === 'user' ? found?.globalValue : vscode.workspace.isTrusted ? found?.workspaceValue : undefined;
}

export async function writeLevel(key: string, level: Level, value: unknown): Promise<void> {
  const target = level === 'user' ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration(section).update(key, value, target);
}

function readList(level: Level): readonly unknown[] {
  const list = readLevel<unknown>('budgets', level);
  return Array.isArray(list) ? list : [];
}

const nameOf = (entry: unknown): string | null => {
  const name = typeof entry === 'object' && entry !== null ? (entry as BudgetEntry).name : null;
  return typeof name === 'string' ? name.trim() : null;
};

/** The named budgets of both levels, the workspace's first. */
export function listStored(): readonly StoredBudget[] {
  return writableLevels().flatMap(level =>
    readList(level).flatMap(entry => {
      const name = nameOf(entry);
      return name === null ? [] : [{ level, name, entry: entry as BudgetEntry }];
    }),
  );
}

/** The first entry of a name at a level. */
export function findStored(level: Level, name: string): StoredBudget | undefined {
  return listStored().find(budget => budget.level === level && budget.name === name);
}

/** Puts an entry in the place of the one with that name, at the end when there is none; null takes it out. Gives what undoes that. */
export async function putStored(level: Level, name: string, entry: BudgetEntry | null): Promise<() => Promise<void>> {
  const before = readLevel<unknown>('budgets', level);
  const list = readList(level);
  const index = list.findIndex(each => nameOf(each) === name);
  const kept = index < 0 ? [...list] : list.filter((_, at) => at !== index);
  const next = entry === null ? kept : kept.toSpliced(index < 0 ? kept.length : index, 0, entry);
  await writeLevel('budgets', level, next.length === 0 ? undefined : next);
  return () => writeLevel('budgets', level, before);
}

/** Raises the limit of a budget wherever a lower one is set. Gives what undoes that, or null when the budget is in no settings. */
export async function raiseStored(name: string, limitUsd: number): Promise<(() => Promise<void>) | null> {
  if (name === dailyName) {
    return raiseDaily(limitUsd);
  }
  // What only has a name in common with a user's is called so by the engine.
  const own = name.replace(/ \(workspace(?: \d+)?\)$/, '');
  const places = listStored().filter(
    budget => budget.name === name || (budget.level === 'workspace' && budget.name === own),
  );
  const exact = places.some(budget => budget.name === name) ? places.filter(budget => budget.name === name) : places;
  const undos: (() => Promise<void>)[] = [];
  for (const { level, name: stored, entry } of exact.filter(({ entry }) => Number(entry.limitUsd) < limitUsd)) {
    undos.push(await putStored(level, stored, { ...entry, limitUsd }));
  }
  return undos.length === 0 ? null : () => runAll(undos);
}

/** Where the user enforces budgets, the user's own daily one holds too, also the one that is there without being set. */
async function raiseDaily(limitUsd: number): Promise<() => Promise<void>> {
  const key = 'budget.daily';
  const undos: (() => Promise<void>)[] = [];
  const raise = async (level: Level): Promise<void> => {
    const before = readLevel<number>(key, level);
    await writeLevel(key, level, limitUsd);
    undos.push(() => writeLevel(key, level, before));
  };
  const isEnforced = readLevel('budget.enforce', 'user') === 'gateway';
  const user = readLevel<number>(key, 'user') ?? defaultSettings[key];
  const workspace = readLevel<number>(key, 'workspace');
  if (isEnforced && user < limitUsd) {
    await raise('user');
  }
  if (workspace === undefined ? undos.length === 0 : workspace < limitUsd) {
    await raise(writableLevels()[0] ?? 'user');
  }
  return () => runAll(undos);
}

async function runAll(undos: readonly (() => Promise<void>)[]): Promise<void> {
  for (const undo of undos) {
    await undo();
  }
}
