import { describe, expect, test } from 'vitest';
import type { Totals } from '../../../../src/api/contract.ts';
import type { ConnectionState } from '../../../../src/ui/connection/engineConnection.ts';
import {
  type BarOptions,
  computePercent,
  computeShownLeft,
  findQuietAt,
  formatBarUsd,
  formatSpendItem,
  formatSpokenUsd,
} from '../../../../src/ui/statusBar/spendText.ts';
import { plainText } from '../../../../src/ui/text/translate.ts';
import { budgetStatus, engineState, figures, session, totals } from '../../api/answers.ts';

const running = (overrides: Partial<Totals> = {}): ConnectionState => ({
  kind: 'running',
  engine: engineState(),
  totals: totals(overrides),
  window: { url: 'http://127.0.0.1:1', token: 'T', storage: '/s', machine_token: 'm' },
});
const noon = Date.parse('2026-11-22T12:00:30Z');
const item = (state: ConnectionState, options: Partial<BarOptions> = {}, nowMs = noon) =>
  formatSpendItem(state, { show: 'today', scope: 'workspace', ...options }, nowMs, plainText);

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
    ['none', 'none', '$(pulse) $1.23'],
    ['ok', 'none', '$(pulse) $1.23'],
    ['warning', 'warning', '$(warning) $1.23'],
    ['exceeded', 'error', '$(error) $1.23'],
  ] as const)(
    'for a budget that is %s has the background %s, and an icon for themes without',
    (state, severity, text) => {
      const budget = { spent_usd: 4, limit_usd: 5, remaining_usd: 1, state, crossed: [50, 80] };
      expect(item(running({ budget }))).toMatchObject({ severity, text });
    },
  );

  test('shows no calls as nothing spent, and calls without a price as unpriced, never as zero', () => {
    expect(item(running({ today: figures(null, { requests: 0 }) })).text).toBe('$(pulse) $0.00');
    const unpriced = item(running({ today: figures(null) }));
    expect(unpriced.text).toBe('$(pulse) unpriced');
    expect(unpriced.label).toContain('not known');
  });

  test('shows the running session beside today, until it has been quiet for two minutes', () => {
    const state = running({ sessions: [session('s', 0.45), session('older', 9)] });
    expect(item(state)).toMatchObject({
      text: '$(pulse) $1.23 · run $0.45',
      label: 'LLM spend today 1 dollar 23 cents, the session so far 45 cents, 25 percent of the daily budget',
    });
    expect(item(state, {}, noon + 120_000).text).toBe('$(pulse) $1.23');
    const { totals: shown } = state as Extract<ConnectionState, { kind: 'running' }>;
    expect(findQuietAt(shown, noon)).toBe(Date.parse('2026-11-22T12:02:00Z'));
    expect(findQuietAt(shown, noon + 120_000)).toBeNull();
    expect(item(running({ sessions: [session('s', null)] })).text).toBe('$(pulse) $1.23');
  });

  test('shows what the setting says', () => {
    const state = running({ sessions: [session('s', 0.45)] });
    expect(item(state, { show: 'session' }).text).toBe('$(pulse) $0.45');
    expect(item(running(), { show: 'session' })).toMatchObject({ text: '$(pulse) –' });
    expect(item(state, { show: 'month' }).text).toBe('$(pulse) $12.00');
    expect(item(state, { show: 'tokens' }).text).toBe('$(pulse) 1.5k tok');
    expect(item(state, { show: 'budgetLeft' })).toMatchObject({
      text: '$(pulse) $3.77 left',
      label: '3 dollars 77 cents of the budget left, 25 percent of the daily budget',
    });
  });

  test('counts all workspaces where the setting says so, and leaves subscriptions out', () => {
    const machine = { today: figures(30), week: figures(40), month: figures(1234.5, { subscription_cost_usd: 1000 }) };
    const budgets = [
      budgetStatus(),
      budgetStatus({ name: 'all', scope: 'machine', spent_usd: 30, limit_usd: 50, remaining_usd: 20 }),
    ];
    const state = running({ machine, budgets });
    expect(item(state, { scope: 'machine' }).text).toBe('$(pulse) $30.00');
    expect(item(state, { scope: 'machine', show: 'month' }).text).toBe('$(pulse) $234.50');
    expect(item(state, { scope: 'machine', show: 'budgetLeft' }).text).toBe('$(pulse) $20.00 left');
    expect(item(running({ machine: null }), { scope: 'machine' }).text).toBe('$(pulse) –');
  });

  test.each([
    [1.23, 0.45, '$1.23 · run $0.45'],
    [123.45, 12.34, '$123.45 · run $12.34'],
    [999.99, 999.99, '$1k · run $1k'],
    [123_456.78, 12_345.67, '$123k · run $12.3k'],
    [1_234_567, 99.99, '$1.23M · run $99.99'],
    [null, 999.99, 'unpriced · run $1k'],
  ])('of $%d today and $%d for the run says %j', (today, run, text) => {
    const state = running({ today: figures(today), sessions: [session('s', run)] });
    expect(item(state).text).toBe(`$(pulse) ${text}`);
  });

  test('writes amounts for a narrow place', () => {
    expect([999.99, 1000, 999_999, 1_234_567].map(formatBarUsd)).toEqual(['$999.99', '$1,000', '$999,999', '$1.23M']);
  });

  test('warns while calls can’t be stored', () => {
    const state = running();
    const full = { ...state, engine: { ...engineState(), storage_problem: 'The disk is full.' } } as ConnectionState;
    expect(item(full)).toMatchObject({ text: '$(warning) $1.23', severity: 'none' });
    expect(item(full).label).toContain('new calls can’t be stored');
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
  [1234.5, '1,234 dollars 50 cents'],
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
