/** A profile of its own for a VS Code: settings, storage and extensions that no other run has seen. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runChild } from './childProcess.ts';
import { root } from './paths.ts';
import { ensureServer } from './vscodeInstall.ts';

export interface Profile {
  /** Holds all the others. */
  readonly folder: string;
  readonly userData: string;
  readonly extensions: string;
  /** The user's settings. */
  readonly settingsFile: string;
  /** Our extension's global storage: `engine.json` and the machine ledger. */
  readonly globalStorage: string;
  /** Parent of all workspaces' storage folders. */
  readonly workspaceStorage: string;
  /** An empty folder to open, unless a test has one of its own. */
  readonly workspace: string;
}

/** Keeps VS Code's own welcome pages, AI features and telemetry out of the way. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.tips.enabled': false,
  'workbench.editor.useModal': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
};

function readId(): string {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, string>;
  return `${manifest.publisher}.${manifest.name}`;
}

/** The extension's id, `publisher.name`. */
export const extensionId = readId();

/** The folders of a profile that is kept in `folder`; makes nothing. */
export function locateProfile(folder: string): Profile {
  const userData = path.join(folder, 'user-data');
  return {
    folder,
    userData,
    extensions: path.join(folder, 'extensions'),
    settingsFile: path.join(userData, 'User/settings.json'),
    globalStorage: path.join(userData, 'User/globalStorage', extensionId),
    workspaceStorage: path.join(userData, 'User/workspaceStorage'),
    workspace: path.join(folder, 'workspace'),
  };
}

const profilePrefix = 'spend-lens-profile-';

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Deletes the profiles of runs that were killed before they could. */
function removeAbandoned(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const pid = /^spend-lens-profile-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      removeProfile(locateProfile(path.join(os.tmpdir(), name)));
    }
  }
}

/** Makes a profile in `folder`, else in a new temporary folder. Settings are full ids, `spendLens.budget.daily`. */
export function createProfile(settings: Readonly<Record<string, unknown>> = {}, folder?: string): Profile {
  if (folder === undefined) {
    removeAbandoned();
  }
  const profile = locateProfile(folder ?? mkdtempSync(path.join(os.tmpdir(), `${profilePrefix}${process.pid}-`)));
  for (const created of [path.join(profile.userData, 'User'), profile.extensions, profile.workspace]) {
    mkdirSync(created, { recursive: true });
  }
  writeSettings(profile, settings);
  return profile;
}

/** The text of a settings file with the quiet settings and these. */
export function formatSettings(settings: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...quietSettings, ...settings }, undefined, 2);
}

/**
 * Writes the user settings, beside the quiet ones. For a VS Code that is not running: the server does not watch the file. A window on a
 * server takes settings of the scope `machine` from the server's own file only.
 */
export function writeSettings(profile: Profile, settings: Readonly<Record<string, unknown>>): void {
  writeFileSync(profile.settingsFile, formatSettings(settings));
  const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const isOfMachine = ([key]: [string, unknown]) => contributes.configuration.properties[key]?.scope === 'machine';
  const ofMachine = Object.fromEntries(Object.entries(settings).filter(isOfMachine));
  if (Object.keys(ofMachine).length > 0) {
    mkdirSync(path.join(profile.userData, 'Machine'), { recursive: true });
    writeFileSync(path.join(profile.userData, 'Machine/settings.json'), JSON.stringify(ofMachine, undefined, 2));
  }
}

/** Installs a `.vsix` into the profile as VS Code does; throws with VS Code's words when it refuses. */
export async function installVsix(profile: Profile, vsix: string): Promise<void> {
  const logFile = path.join(profile.folder, 'install.log');
  const args = [await ensureServer(), '--install-extension', vsix, '--force', '--accept-server-license-terms'];
  const folders = [`--extensions-dir=${profile.extensions}`, `--user-data-dir=${profile.userData}`];
  const end = await runChild(process.execPath, [...args, ...folders, `--server-data-dir=${profile.userData}`], {
    timeoutMs: 60_000,
    logFile,
  });
  const isInstalled = readdirSync(profile.extensions).some(name => name.startsWith(extensionId));
  if (end.code !== 0 || !isInstalled) {
    throw new Error(`VS Code did not install ${vsix}:\n${readFileSync(logFile, 'utf8')}`);
  }
}

/** Puts an extension's folder beside those that are installed already. */
export function installFolder(profile: Profile, folder: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const location = path.join(profile.extensions, `${publisher}.${name}-${version}`);
  cpSync(folder, location, { recursive: true });
  // Where there is a list of what is installed, VS Code loads nothing else.
  const list = path.join(profile.extensions, 'extensions.json');
  if (existsSync(list)) {
    const entry = {
      identifier: { id: `${publisher}.${name}` },
      version,
      location: { $mid: 1, path: location, scheme: 'file' },
    };
    writeFileSync(
      list,
      JSON.stringify([
        ...JSON.parse(readFileSync(list, 'utf8')),
        { ...entry, relativeLocation: path.basename(location) },
      ]),
    );
  }
}

/** Ends the engine that the extension left running in this profile, by the pid in its `engine.json`. */
export function endEngine(profile: Profile): void {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(profile.globalStorage, 'engine.json'), 'utf8')) as {
      pid?: unknown;
    };
    if (typeof pid === 'number' && pid > 1) {
      process.kill(pid, 'SIGTERM');
    }
  } catch {
    // There is none, or it has gone.
  }
}

/** Copies VS Code's logs to `folder`, to be looked at after a failure. */
export function keepLogs(profile: Profile, folder: string): void {
  for (const logs of [path.join(profile.userData, 'data/logs'), path.join(profile.userData, 'logs')]) {
    if (existsSync(logs)) {
      cpSync(logs, path.join(folder, 'logs'), { recursive: true });
    }
  }
}

/** Ends the profile's engine and deletes the profile. */
export function removeProfile(profile: Profile): void {
  endEngine(profile);
  rmSync(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
