/** A German window: its bar, tooltip, notifications and estimates have German words and German numbers, and no English ones. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../../src/ui/connection/engineConnection.ts';
import { formatEstimateCopy } from '../../../src/ui/estimate/estimateItems.ts';
import { formatNotice } from '../../../src/ui/notifications/noticeText.ts';
import { formatSpendItem } from '../../../src/ui/statusBar/spendText.ts';
import { formatSpendTooltip } from '../../../src/ui/statusBar/tooltip/spendTooltip.ts';
import { formatInstant } from '../../../src/ui/text/instantText.ts';
import { setWindowLanguage } from '../../../src/ui/text/numbers.ts';
import { plainText, type Translate } from '../../../src/ui/text/translate.ts';
import { budgetStatus, engineState, figures, session, totals } from '../api/answers.ts';
import { exact, makeAnswer } from './estimate/makeAnswer.ts';

const bundlePath = path.resolve(import.meta.dirname, '../../../media/l10n/bundle.l10n.de.json');
const bundle: Readonly<Record<string, string>> = JSON.parse(readFileSync(bundlePath, 'utf8'));
const missing: string[] = [];
const t: Translate = (message, ...values) => {
  if (!(message in bundle)) {
    missing.push(message);
  }
  return plainText(bundle[message] ?? message, ...values);
};
/** Spaces that do not break read as others do. */
const plain = (text: string): string => text.replace(/\p{Zs}/gu, ' ');

beforeAll(() => setWindowLanguage({ language: 'de', isTranslated: true, unpriced: t('unpriced') }));
afterAll(() => setWindowLanguage({ language: 'en', isTranslated: false, unpriced: 'unpriced' }));

const noon = Date.parse('2026-11-22T12:00:30Z');
const state: ConnectionState = {
  kind: 'running',
  engine: engineState(),
  totals: totals({
    today: figures(1234.5, { requests: 12_345, prompt_tokens: 4_560_000, completion_tokens: 0 }),
    sessions: [session('s', 0.45)],
    budgets: [budgetStatus({ spent_usd: 1234.5, limit_usd: 5000, remaining_usd: 3765.5, forecast_usd: 2000 })],
  }),
  window: { url: 'http://127.0.0.1:1', token: 'T', storage: '/s', machine_token: 'm' },
};
/** Dollars before the digits. */
const english = /\$\d/;

describe('in German', () => {
  test('the bar', () => {
    const { text, label } = formatSpendItem(state, { show: 'today', scope: 'workspace' }, noon, t);
    expect(plain(text)).toBe('$(pulse) 1,23k $ · 0,45 $');
    expect(label).toContain('1.234 Dollar 50 Cent');
  });

  test('the tooltip', () => {
    const formatAt = (iso: string) => formatInstant(iso, 'UTC', 'de', noon + 90_000_000);
    const text = plain(formatSpendTooltip(state, { workspace: 'demo', formatInstant: formatAt, nowMs: noon, t }));
    expect(text).toContain('| Heute | 1.234,50 $ | 12.345 | 4,56 Mio. |');
    expect(text).toContain('22&#46;11&#46;2026&#44; 12&#58;00');
    expect(text).toContain('2.000,00 $');
    expect(text.replaceAll(/&#\d+;|\(command:[^)]*\)/g, '')).not.toMatch(english);
  });

  test('a notification', () => {
    const item = { kind: 'budget', budget: 'daily', period: 'day', scope: 'workspace', threshold: 80 } as const;
    const rest = { enforce: 'off', forecast_usd: 1780.5, resets_at: null, times: null } as const;
    const notice = { ...item, ...rest, id: 'x', also: [], spent_usd: 1234.5, limit_usd: 1500 };
    const text = plain(formatNotice(notice, 'demo', t));
    expect(text).toContain('1.234,50 $');
    expect(text).toContain('1.780,50 $');
    expect(text).not.toMatch(english);
  });

  test('an estimate', () => {
    const task = {
      ...{ lowUsd: 0.1, likelyUsd: 0.4123, highUsd: 1.2, turns: { p10: 2, p50: 1, p90: 40 } },
      ...{ sessions: 1038, pastUsd: { p10: 0.1, p50: 0.42, p90: 1.3 } },
    };
    const text = plain(formatEstimateCopy('a.md', makeAnswer(exact, { task, budgetShare: 0.031 }), t));
    expect(text).toContain('1.000 Token');
    expect(text).toContain('0,006 $');
    expect(text).toContain('P50 0,42 $, P90 1,30 $, 1.038 Sitzungen');
    expect(text).toContain('1 Runde');
    expect(text).toContain('3 %');
    expect(text).not.toMatch(english);
  });

  test('lacks no text', () => {
    expect(missing).toEqual([]);
  });
});
