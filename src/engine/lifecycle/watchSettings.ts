import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Settings } from '../../contributions.ts';
import { parseSettings } from '../../core/settings/parseSettings.ts';

/** What a settings file says, or why it can't be used. */
export interface SettingsReading {
  /** Null when the file can't be used. What is usable of a file with problems is here too. */
  readonly settings: Settings | null;
  /** What is wrong, in sentences for the user, without the file's name; empty when all is well. */
  readonly problems: readonly string[];
}

/** Reads a settings file. Never throws. */
export async function readSettingsFile(path: string): Promise<SettingsReading> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return { settings: null, problems: [`${error instanceof Error ? error.message : error}.`] };
  }
  const { settings, problems } = parseSettings(value);
  return { settings, problems: problems.map(({ expectation }) => expectation) };
}

/** Reads the file again whenever it changes, also when an editor replaces it; gives the function that ends that. */
export function watchSettingsFile(path: string, onReading: (reading: SettingsReading) => void, intervalMs = 300) {
  let latest = 0;
  const onChange = async () => {
    const turn = ++latest;
    const reading = await readSettingsFile(path);
    if (turn === latest) {
      onReading(reading);
    }
  };
  watchFile(path, { interval: intervalMs, persistent: false }, onChange);
  return () => unwatchFile(path, onChange);
}
