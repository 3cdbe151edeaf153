import { describe, expect, test } from 'vitest';
import type { Totals } from '../../../src/api/contract.ts';
import type { ConnectionState } from '../../../src/ui/connection/engineConnection.ts';
import { computePercent, computeShownLeft, formatSpendItem, formatSpokenUsd } from '../../../src/ui/spendText.ts';
import { plainText } from '../../../src/ui/translate.ts';
import { engineState, figures, totals } from '../api/answers.ts';

const running = (overrides: Partial<Totals> = {}): ConnectionState => ({
  kind: 'running',
  engine: engineState(),
  totals: totals(overrides),
  window: { url: 'http://127.0.0.1:1', token: 'T', storage: '/s', machine_token: 'm' },
});
const item = (state: ConnectionState) => formatSpendItem(state, plainText);

describe('the spend item', () => {
  test('shows today’s spend and reads as a sentence', () => {
    expect(item(running())).toEqual({
      text: '$(pulse) $1.23',
      label: 'LLM spend today 1 dollar 23 cents, 25 percent of the daily budget',
      severity: 'none',
    });
  });

  test('says nothing of a budget there is not', () => {
    const budget = { spent_usd: 1, limit_usd: null, remaining_usd: null, state: 'none', crossed: [] } as const;
    expect(item(running({ budget })).label).toBe('LLM spend today 1 dollar 23 cents');
  });

  test.each([
    ['none', 'none'],
    ['ok', 'none'],
    ['warning', 'warning'],
    ['exceeded', 'error'],
  ] as const)('for a budget that is %s has the background %s', (state, severity) => {
    const budget = { spent_usd: 4, limit_usd: 5, remaining_usd: 1, state, crossed: [50, 80] };
    expect(item(running({ budget })).severity).toBe(severity);
  });

  test('shows no calls as nothing spent, and calls without a price as unpriced, never as zero', () => {
    expect(item(running({ today: figures(null, { requests: 0 }) })).text).toBe('$(pulse) $0.00');
    const unpriced = item(running({ today: figures(null) }));
    expect(unpriced.text).toBe('$(pulse) unpriced');
    expect(unpriced.label).toContain('not known');
  });

  test('says when the engine is away', () => {
    expect(item({ kind: 'starting' }).text).toBe('$(pulse) –');
    const stopped = item({ kind: 'stopped', reason: 'x' });
    expect(stopped.text).toContain('$(warning)');
    expect(stopped.label).toContain('not recorded');
  });
});

test.each([
  [0, '0 dollars'],
  [0.004, 'less than 1 cent'],
  [0.01, '1 cent'],
  [0.5, '50 cents'],
  [1, '1 dollar'],
  [1.005, '1 dollar 1 cent'],
  [1.23, '1 dollar 23 cents'],
  [2.999, '3 dollars'],
  [1234.5, '1234 dollars 50 cents'],
])('$%d is said as %j', (usd, spoken) => {
  expect(formatSpokenUsd(usd, plainText)).toBe(spoken);
});

test('A percentage never says 100 before the limit is reached', () => {
  const percent = (spent_usd: number, limit_usd: number | null) => computePercent({ spent_usd, limit_usd });
  expect([percent(4.999, 5), percent(5, 5), percent(0.07, 0.1), percent(7, 5)]).toEqual([99, 100, 70, 140]);
  expect([percent(1, null), percent(1, 0)]).toEqual([null, null]);
});

test.each([
  [0.955, 5, 4.04],
  [0.944, 5, 4.06],
  [0, 5, 5],
  [4.999, 5, 0.001],
  [0.001, 0.005, 0.01],
  [5.5, 5, -0.5],
])(
  'of $%d spent and a limit of $%d, $%d is left, so that the cents on the screen add up',
  (spent_usd, limit_usd, left) => {
    const remaining_usd = Number((limit_usd - spent_usd).toFixed(9));
    expect(computeShownLeft({ spent_usd, limit_usd, remaining_usd, state: 'ok' })).toBe(left);
  },
);
