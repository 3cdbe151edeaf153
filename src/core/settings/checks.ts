export interface SettingsProblem {
  /** Without the prefix; for one price override `prices.<model>`; empty for the whole. */
  readonly key: string;
  /** A sentence that says what is expected, and what is used instead. */
  readonly message: string;
  /** The same without what is used instead, for where that is something else. */
  readonly expectation: string;
}

/** What a bad entry gives: the sentence, with and without what is used instead. */
export function problemOf(key: string, expectation: string, instead: string): SettingsProblem {
  return { key, message: `${expectation}; ${instead}.`, expectation: `${expectation}.` };
}

/** Whether this is a number from `min` to `max`, both included. */
export function isNumber(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

/** Whether this is an object that is no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** USD: a year of spend for a day, or a price per 1M tokens, beyond which a number is a slip of the keyboard. */
export const maxUsd = 1_000_000;

const maxPercent = 1_000;

/** Whether this is a list of thresholds in percent. */
export function isPercentList(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(percent => isNumber(percent, 0.001, maxPercent));
}
