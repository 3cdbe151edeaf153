/** A glance is enough: whatever is spent, in whatever language, the bar has at most twenty characters beside its icon. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { barFigures } from '../../../src/contributions.ts';
import type { ConnectionState } from '../../../src/ui/connection/engineConnection.ts';
import { formatSpendItem } from '../../../src/ui/statusBar/spendText.ts';
import { setWindowLanguage } from '../../../src/ui/text/numbers.ts';
import { plainText, type Translate } from '../../../src/ui/text/translate.ts';
import { budgetStatus, engineState, figures, session, totals } from '../api/answers.ts';

const bundlePath = path.resolve(import.meta.dirname, '../../../media/l10n/bundle.l10n.de.json');
const bundle: Readonly<Record<string, string>> = JSON.parse(readFileSync(bundlePath, 'utf8'));
const german: Translate = (message, ...values) => plainText(bundle[message] ?? message, ...values);

afterEach(() => setWindowLanguage({ language: 'en', isTranslated: false, unpriced: 'unpriced' }));

const mostUsd = 1e13;
const amount = fc.oneof(
  fc.double({ min: 0, max: mostUsd, noNaN: true }),
  fc.double({ min: 0, max: 2000, noNaN: true }),
  fc.constantFrom(
    0,
    0.001,
    99.994,
    99.995,
    99.999,
    100,
    999.994,
    999.995,
    999.999,
    1000,
    999_499,
    999_999.5,
    1e6,
    mostUsd,
  ),
);
const spend = fc.option(amount, { nil: null });
const tokens = fc.oneof(fc.maxSafeNat(), fc.nat(2000));

test.each([
  ['en', plainText],
  ['de', german],
  ['fr', plainText],
  ['ja', plainText],
  ['pt-br', plainText],
  ['hi', plainText],
] as const)('in %s', (language, t) => {
  setWindowLanguage({ language, isTranslated: t !== plainText, unpriced: t('unpriced') });
  const lengths: number[] = [];
  fc.assert(
    fc.property(
      fc.record({ today: spend, run: spend, left: amount, tokens }),
      fc.constantFrom(...barFigures),
      fc.constantFrom('workspace' as const, 'machine' as const),
      (given, show, scope) => {
        const of = figures(given.today, { prompt_tokens: given.tokens, completion_tokens: 0 });
        const budget = {
          spent_usd: 0,
          limit_usd: given.left,
          remaining_usd: given.left,
          state: 'ok',
          crossed: [],
        } as const;
        const state: ConnectionState = {
          kind: 'running',
          engine: engineState(),
          window: { url: 'http://127.0.0.1:1', token: 'T', storage: '/s', machine_token: 'm' },
          totals: totals({
            today: of,
            month: of,
            machine: { today: of, week: of, month: of },
            sessions: [session('s', given.run)],
            budget,
            budgets: [budgetStatus({ ...budget, scope: 'machine' })],
          }),
        };
        const { text } = formatSpendItem(state, { show, scope }, Date.parse('2026-11-22T12:00:30Z'), t);
        const [, shown = ''] = /^\$\(pulse\) (.*)$/s.exec(text) ?? [];
        lengths.push([...shown].length);
        expect(shown).not.toBe('');
        expect([...shown].length, shown).toBeLessThanOrEqual(20);
        if (show === 'today' && given.today !== null && given.today < 99) {
          expect(shown, 'today keeps its cents').toMatch(/[\d०-९]{2}/);
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(Math.max(...lengths), 'some come near').toBeGreaterThan(15);
});

test('while nothing is known yet, and while the engine is away', () => {
  const options = { show: 'today', scope: 'workspace' } as const;
  for (const state of [{ kind: 'starting' }, { kind: 'stopped', reason: 'a'.repeat(300) }] as const) {
    expect(formatSpendItem(state, options, 0, german).text.replace(/^\$\(\w+\) /, '').length).toBeLessThanOrEqual(20);
  }
});
