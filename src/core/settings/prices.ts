import { defaultSettings, type PriceOverride, type Settings } from '../../contributions.ts';
import { isNumber, isObject, maxUsd, problemOf, type SettingsProblem } from './checks.ts';

const priceFields = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const;

/** The overrides that are good; each bad one gives a problem. */
export function parsePrices(value: unknown, problems: SettingsProblem[]): Settings['prices'] {
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
