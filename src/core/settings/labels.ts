import { defaultSettings, type Labels, type Settings } from '../../contributions.ts';
import { isObject, problemOf, type SettingsProblem } from './checks.ts';

const names: readonly (keyof Labels)[] = ['team', 'user', 'project'];
/** Characters of a label. */
const maxLength = 200;

/** The labels that are good; each bad one gives a problem. An empty one is none. */
export function parseLabels(value: unknown, problems: SettingsProblem[]): Settings['labels'] {
  if (value === undefined) {
    return defaultSettings.labels;
  }
  if (!isObject(value)) {
    problems.push(
      problemOf('labels', '"labels" must be an object, such as {"team": "core", "project": "shop"}', 'no label is set'),
    );
    return defaultSettings.labels;
  }
  const entries: [string, string][] = [];
  for (const [name, label] of Object.entries(value)) {
    const text = typeof label === 'string' ? label.trim() : null;
    const isGood = text !== null && text.length <= maxLength && !/[\p{Cc}\p{Surrogate}]/u.test(text);
    if (!names.some(known => known === name) || !isGood) {
      const expectation = `"labels.${name}" must be one of ${names.join(', ')}, each a line of up to ${maxLength} characters`;
      problems.push(problemOf(`labels.${name}`, expectation, 'it is not set'));
    } else if (text !== '') {
      entries.push([name, text]);
    }
  }
  return Object.fromEntries(entries);
}
