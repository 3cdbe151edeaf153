import { defaultSettings, type Settings } from '../../contributions.ts';
import { parseBudgets } from './budgets.ts';
import { isObject, problemOf, type SettingsProblem } from './checks.ts';
import { parseForward } from './forward.ts';
import { parseLabels } from './labels.ts';
import { parsePlans } from './plans.ts';
import { parsePrices } from './prices.ts';
import { scalarRules } from './scalarRules.ts';
import { parseTranscriptsWatch } from './transcriptsWatch.ts';
import { parseUpstreams } from './upstreams.ts';

export interface ParsedSettings {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
}

/**
 * Settings from outside (a settings file, a window) in their nested form without the prefix: `{"budget":{"daily":5}}`; the
 * dotted form of settings.json (`{"budget.daily":5}`) is read too. What is left out has its default. A bad value keeps its
 * default and gives a problem. Keys nobody knows are ignored: a later version may.
 */
export function parseSettings(nested: unknown): ParsedSettings {
  if (!isObject(nested)) {
    const message = 'The settings must be an object, such as {"budget":{"daily":5}}.';
    return { settings: defaultSettings, problems: [{ key: '', message, expectation: message }] };
  }
  const problems: SettingsProblem[] = [];
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const key of Object.keys(scalarRules) as (keyof typeof scalarRules)[]) {
    const value = readKey(nested, key);
    const parsed = value === undefined ? undefined : scalarRules[key].check(value);
    if (parsed !== undefined) {
      settings[key] = parsed;
    } else if (value !== undefined) {
      const fallback = JSON.stringify(defaultSettings[key]);
      problems.push(problemOf(key, `"${key}" must be ${scalarRules[key].expected}`, `${fallback} is used instead`));
    }
  }
  settings.prices = parsePrices(readKey(nested, 'prices'), problems);
  settings['gateway.upstreams'] = parseUpstreams(readKey(nested, 'gateway.upstreams'), problems);
  settings.labels = parseLabels(readKey(nested, 'labels'), problems);
  settings.plans = parsePlans(readKey(nested, 'plans'), problems);
  settings['transcripts.watch'] = parseTranscriptsWatch(readKey(nested, 'transcripts.watch'), problems);
  settings.budgets = parseBudgets(readKey(nested, 'budgets'), problems);
  settings.forward = parseForward(readKey(nested, 'forward'), problems);
  return { settings: settings as unknown as Settings, problems };
}

/** The value at `section.name` or under the dotted key; undefined when there is none. */
export function readKey(nested: unknown, key: string): unknown {
  if (!isObject(nested)) {
    return undefined;
  }
  if (Object.hasOwn(nested, key)) {
    return nested[key];
  }
  const [section = '', name] = key.split('.');
  const group = Object.hasOwn(nested, section) ? nested[section] : undefined;
  return name !== undefined && isObject(group) && Object.hasOwn(group, name) ? group[name] : undefined;
}
