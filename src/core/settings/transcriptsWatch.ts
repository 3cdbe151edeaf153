import { defaultSettings, type Settings } from '../../contributions.ts';
import { isObject, problemOf, type SettingsProblem } from './checks.ts';

/** Which agents are followed, as far as it is said well; each bad entry gives a problem. */
export function parseTranscriptsWatch(value: unknown, problems: SettingsProblem[]): Settings['transcripts.watch'] {
  const key = 'transcripts.watch';
  if (value === undefined) {
    return defaultSettings[key];
  }
  if (!isObject(value)) {
    problems.push(problemOf(key, `"${key}" must be an object from agents to true or false`, 'it is left out'));
    return defaultSettings[key];
  }
  const isGood = (entry: [string, unknown]): entry is [string, boolean] => typeof entry[1] === 'boolean';
  for (const [agent] of Object.entries(value).filter(entry => !isGood(entry))) {
    problems.push(problemOf(`${key}.${agent}`, `"${key}" of "${agent}" must be true or false`, 'it is left out'));
  }
  return Object.fromEntries(Object.entries(value).filter(isGood));
}
