import { defaultSettings, type PriceOverride, type Setting, type Settings } from '../contributions.ts';
import { isValidZone } from './calendar.ts';
import { isUpstream, upstreamExpectation } from './upstreamSettings.ts';

export interface SettingsProblem {
  /** Without the prefix; for one price override `prices.<model>`; empty for the whole. */
  readonly key: string;
  /** A sentence that says what is expected, and what is used instead. */
  readonly message: string;
  /** The same without what is used instead, for where that is something else. */
  readonly expectation: string;
}

export interface ParsedSettings {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
}

/** A check gives the value as it is used, or undefined when it is not what the sentence expects. */
interface Rule<T> {
  readonly expected: string;
  readonly check: (value: unknown) => T | undefined;
}

/** USD: a year of spend for a day, or a price per 1M tokens, beyond which a number is a slip of the keyboard. */
const maxUsd = 1_000_000;
const maxTokens = 10_000_000;
const maxPercent = 1_000;
/** A century. */
const maxDays = 36_500;

/** Objects are checked entry by entry, so that one bad entry does not take the others with it. */
const rules: { readonly [K in Exclude<Setting, 'prices' | 'gateway.upstreams'>]: Rule<Settings[K]> } = {
  'budget.daily': {
    expected: 'an amount in USD from 0 (no budget) to 1,000,000',
    check: value => (isNumber(value, 0, maxUsd) ? value : undefined),
  },
  'budget.thresholds': {
    expected: 'a list of percentages above 0, such as [50, 80, 100]',
    check: value =>
      Array.isArray(value) && value.every(percent => isNumber(percent, 0.001, maxPercent)) ? [...value] : undefined,
  },
  'budget.notifications': {
    expected: 'true or false',
    check: value => (typeof value === 'boolean' ? value : undefined),
  },
  timeZone: {
    expected: 'an IANA time zone such as "Europe/Berlin" or "UTC", or "" for the system\'s',
    check: value => {
      const zone = typeof value === 'string' ? value.trim() : undefined;
      return zone === '' || (zone !== undefined && isValidZone(zone)) ? zone : undefined;
    },
  },
  'estimate.model': {
    expected: 'the name of a model, such as "gpt-4.1"',
    check: value => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
  },
  'estimate.expectedOutputTokens': {
    expected: 'a whole number of tokens from 0 to 10,000,000',
    check: value => (isNumber(value, 0, maxTokens) && Number.isInteger(value) ? value : undefined),
  },
  'ingest.port': {
    expected: 'a port from 1 to 65535, or 0 for any free one',
    check: value => (isNumber(value, 0, 65_535) && Number.isInteger(value) ? value : undefined),
  },
  'gateway.includeUsage': {
    expected: 'true or false',
    check: value => (typeof value === 'boolean' ? value : undefined),
  },
  'retention.detailDays': {
    expected: 'a whole number of days from 1 to 36500, or 0 to keep every call',
    check: value => (isNumber(value, 0, maxDays) && Number.isInteger(value) ? value : undefined),
  },
};

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
  for (const key of Object.keys(rules) as (keyof typeof rules)[]) {
    const value = readKey(nested, key);
    const parsed = value === undefined ? undefined : rules[key].check(value);
    if (parsed !== undefined) {
      settings[key] = parsed;
    } else if (value !== undefined) {
      const fallback = JSON.stringify(defaultSettings[key]);
      problems.push(problemOf(key, `"${key}" must be ${rules[key].expected}`, `${fallback} is used instead`));
    }
  }
  settings.prices = parsePrices(readKey(nested, 'prices'), problems);
  settings['gateway.upstreams'] = parseUpstreams(readKey(nested, 'gateway.upstreams'), problems);
  return { settings: settings as unknown as Settings, problems };
}

/** The nested form of settings, as a settings file holds it and as windows send it: the inverse of {@link parseSettings}. */
export function nestSettings(flat: Partial<Settings>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(flat)) {
    const [section, name] = key.split('.');
    if (section === undefined || value === undefined) {
      continue;
    }
    if (name === undefined) {
      nested[section] = value;
    } else {
      nested[section] = { ...(nested[section] as object | undefined), [name]: value };
    }
  }
  return nested;
}

function problemOf(key: string, expectation: string, instead: string): SettingsProblem {
  return { key, message: `${expectation}; ${instead}.`, expectation: `${expectation}.` };
}

function parseUpstreams(value: unknown, problems: SettingsProblem[]): Settings['gateway.upstreams'] {
  const key = 'gateway.upstreams';
  if (value === undefined) {
    return defaultSettings[key];
  }
  if (!isObject(value)) {
    problems.push(problemOf(key, `"${key}" must be an object from names to URLs`, "the providers' own are used"));
    return defaultSettings[key];
  }
  const isGood = ([name, prefix]: [string, unknown]) => isUpstream(name, prefix);
  for (const [name] of Object.entries(value).filter(entry => !isGood(entry))) {
    problems.push(problemOf(`${key}.${name}`, `The upstream "${name}" ${upstreamExpectation}`, 'it is not used'));
  }
  return Object.fromEntries(Object.entries(value).filter(isGood)) as Settings['gateway.upstreams'];
}

const priceFields = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const;

function parsePrices(value: unknown, problems: SettingsProblem[]): Settings['prices'] {
  if (value === undefined) {
    return defaultSettings.prices;
  }
  if (!isObject(value)) {
    const expectation = '"prices" must be an object from model names to prices';
    problems.push(problemOf('prices', expectation, 'no price is overridden'));
    return defaultSettings.prices;
  }
  const entries: [string, PriceOverride][] = [];
  for (const [model, prices] of Object.entries(value)) {
    const override = model.trim() === '' ? null : parseOverride(prices);
    if (override) {
      entries.push([model, override]);
    } else {
      const expectation =
        `The price of "${model}" must have "input" and "output", and may have "cacheRead", "cacheWrite" and ` +
        '"cacheWrite1h", each in USD per 1M tokens from 0 to 1,000,000';
      problems.push(problemOf(`prices.${model}`, expectation, 'it is not overridden'));
    }
  }
  return Object.fromEntries(entries);
}

function parseOverride(value: unknown): PriceOverride | null {
  if (!isObject(value)) {
    return null;
  }
  const given = priceFields.filter(field => value[field] !== undefined);
  const isValid =
    given.includes('input') && given.includes('output') && given.every(field => isNumber(value[field], 0, maxUsd));
  return isValid ? (Object.fromEntries(given.map(field => [field, value[field]])) as unknown as PriceOverride) : null;
}

/** The value at `section.name` or under the dotted key; undefined when there is none. */
function readKey(nested: Readonly<Record<string, unknown>>, key: string): unknown {
  if (Object.hasOwn(nested, key)) {
    return nested[key];
  }
  const [section = '', name] = key.split('.');
  const group = Object.hasOwn(nested, section) ? nested[section] : undefined;
  return name !== undefined && isObject(group) && Object.hasOwn(group, name) ? group[name] : undefined;
}

function isNumber(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
