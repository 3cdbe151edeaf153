import { barFigures, budgetScopes, enforcements, type Setting, type Settings } from '../../contributions.ts';
import { isValidZone } from '../time/calendar.ts';
import { isNumber, isPercentList, maxUsd } from './checks.ts';

/** A check gives the value as it is used, or undefined when it is not what the sentence expects. */
export interface Rule<T> {
  readonly expected: string;
  readonly check: (value: unknown) => T | undefined;
}

const maxTokens = 10_000_000;
/** Characters. */
const maxTaskType = 200;
/** A century. */
const maxDays = 36_500;

const yesOrNo: Rule<boolean> = {
  expected: 'true or false',
  check: value => (typeof value === 'boolean' ? value : undefined),
};

/** Settings of one value each. Objects are checked entry by entry, in a file of their own, so that one bad entry does not take the others with it. */
export const scalarRules: {
  readonly [K in Exclude<
    Setting,
    'prices' | 'gateway.upstreams' | 'transcripts.watch' | 'budgets' | 'labels' | 'plans' | 'forward'
  >]: Rule<Settings[K]>;
} = {
  'budget.daily': {
    expected: 'an amount in USD from 0 (no budget) to 1,000,000',
    check: value => (isNumber(value, 0, maxUsd) ? value : undefined),
  },
  'budget.thresholds': {
    expected: 'a list of percentages above 0, such as [50, 80, 100]',
    check: value => (isPercentList(value) ? [...value] : undefined),
  },
  'budget.notifications': {
    expected: 'true or false',
    check: value => (typeof value === 'boolean' ? value : undefined),
  },
  'budget.enforce': {
    expected: '"off" or "gateway"',
    check: value => enforcements.find(known => known === value),
  },
  'budget.runaway': {
    expected: 'a number from 2 to 1000, or 0 for never',
    check: value => (value === 0 || isNumber(value, 2, 1000) ? value : undefined),
  },
  'statusBar.show': {
    expected: `one of ${barFigures.join(', ')}`,
    check: value => barFigures.find(known => known === value),
  },
  'statusBar.scope': {
    expected: '"workspace" or "machine"',
    check: value => budgetScopes.find(known => known === value),
  },
  'statusBar.alignment': {
    expected: '"left" or "right"',
    check: value => (value === 'left' || value === 'right' ? value : undefined),
  },
  'statusBar.priority': {
    expected: 'a number from -10000 to 10000',
    check: value => (isNumber(value, -10_000, 10_000) ? value : undefined),
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
  'estimate.taskType': {
    expected: 'a task type as calls report it, such as "review", or nothing for any',
    check: value => (typeof value === 'string' && value.length <= maxTaskType ? value.trim() : undefined),
  },
  'estimate.codeLens': yesOrNo,
  'estimate.statusItem': yesOrNo,
  'estimate.liveLimit': {
    expected: 'a whole number of thousands of characters from 0 to 50000',
    check: value => (isNumber(value, 0, 50_000) && Number.isInteger(value) ? value : undefined),
  },
  'estimate.providerCount': yesOrNo,
  'ingest.port': {
    expected: 'a port from 1 to 65535, or 0 for any free one',
    check: value => (isNumber(value, 0, 65_535) && Number.isInteger(value) ? value : undefined),
  },
  'gateway.terminal': {
    expected: 'a list of any of "anthropic", "openai" and "google"',
    check: value => {
      const known = (['anthropic', 'openai', 'google'] as const).filter(
        name => Array.isArray(value) && value.includes(name),
      );
      return Array.isArray(value) && value.every(name => known.includes(name)) ? known : undefined;
    },
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
