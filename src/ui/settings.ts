import * as vscode from 'vscode';
import { defaultSettings, type Setting, type Settings, section } from '../contributions.ts';
import { levelKeys } from '../core/budget/levelKeys.ts';
import { nestSettings } from '../core/settings/nestSettings.ts';
import { parseSettings } from '../core/settings/parseSettings.ts';
import { resolveZone, systemZone } from '../core/time/calendar.ts';

const keys = Object.keys(defaultSettings) as Setting[];

/** One setting in effect for this window, as the user wrote it. */
export function readSetting<Key extends Setting>(key: Key): Settings[Key] {
  return vscode.workspace.getConfiguration(section).get<Settings[Key]>(key, defaultSettings[key]);
}

/** All settings in effect for this window, nested and as the user wrote them: for the engine, which parses them. */
export function readNestedSettings(): Record<string, unknown> {
  return nestSettings(Object.fromEntries(keys.map(key => [key, readSetting(key)])));
}

/**
 * What the user and what the workspace set of the budgets, apart, nested: the engine puts them together. A workspace that is not trusted sets
 * nothing.
 */
export function readBudgetLevels(): { readonly user: object; readonly workspace: object } {
  const configuration = vscode.workspace.getConfiguration(section);
  const read = (level: 'globalValue' | 'workspaceValue') =>
    nestSettings(Object.fromEntries(levelKeys.map(key => [key, configuration.inspect(key)?.[level]])));
  return { user: read('globalValue'), workspace: vscode.workspace.isTrusted ? read('workspaceValue') : {} };
}

/** All settings in effect for this window; a value that can't be is its default. */
export function readSettings(): Settings {
  return parseSettings(readNestedSettings()).settings;
}

/** The IANA zone of this window's days; the system's while the setting names none that exists. */
export function readZone(): string {
  try {
    return resolveZone(readSetting('timeZone'));
  } catch {
    return systemZone();
  }
}

/** Writes a setting where it counts for this window: the workspace's, or without a folder the user's. */
export async function writeSetting<Key extends Setting>(
  key: Key,
  value: Settings[Key],
  target = hasFolder() ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
): Promise<void> {
  await vscode.workspace.getConfiguration(section).update(key, value, target);
}

/** Opens the settings page with one setting, or all of the extension's. */
export async function showSetting(key?: Setting): Promise<void> {
  const query = key ? `@id:${section}.${key}` : `@ext:spend-lens.spend-lens`;
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

function hasFolder(): boolean {
  return (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
}
