import { describe, expect, test } from 'vitest';
import type { EngineState, Totals } from '../../../src/api/contract.ts';
import { commands } from '../../../src/contributions.ts';
import type { ConnectionState } from '../../../src/ui/connection/engineConnection.ts';
import { formatSpendTooltip, tooltipCommands } from '../../../src/ui/spendTooltip.ts';
import { plainText } from '../../../src/ui/translate.ts';
import { engineState, figures, outline, totals } from '../api/answers.ts';

const tooltip = (state: ConnectionState, workspace: string | null = 'demo') =>
  formatSpendTooltip(state, { workspace, formatInstant: iso => iso.slice(11, 16), t: plainText }).replace(
    /&#(\d+);/g,
    (_, code: string) => String.fromCodePoint(Number(code)),
  );
const running = (overrides: Partial<Totals> = {}, engine: Partial<EngineState> = {}): ConnectionState => ({
  kind: 'running',
  engine: engineState(engine),
  totals: totals(overrides),
  window: { url: 'http://127.0.0.1:1', token: 'secret-token', storage: '/s', machine_token: 'm' },
});

describe('the tooltip', () => {
  test('shows the three periods, the models, the budget and the last request', () => {
    const text = tooltip(running({ budget: { ...totals().budget, crossed: [50] } }));
    expect(text).toContain('**Spend Lens** · demo');
    expect(text).toContain('| Today | $1.23 | 3 | 1.5k |');
    expect(text).toContain('| This week | $4.50 | 3 | 1.5k |');
    expect(text).toContain('| This month | $12.00 | 3 | 1.5k |');
    expect(text).toContain('| gpt-4.1 | $1.23 | 3 | 1.5k |');
    expect(text).toContain('Budget left today: $3.77 of $5.00 (25% spent). Crossed: 50%.');
    expect(text).toContain('Last request: gpt-4.1 · 1,000 tokens in, 500 out · $0.006 · 12:00');
    expect(text).toContain(`(command:${commands.openReport})`);
    expect(text).toContain(`(command:${commands.openSettings})`);
  });

  test('says when nothing was recorded and when there is no budget', () => {
    const none = figures(null, { requests: 0, prompt_tokens: 0, completion_tokens: 0 });
    const budget = { spent_usd: 0, limit_usd: null, remaining_usd: null, state: 'none', crossed: [] } as const;
    const text = tooltip(running({ today: none, top_models: [], last_record: null, budget }), null);
    expect(text).toContain('this machine');
    expect(text).toContain('| Today | $0.00 | 0 | 0 |');
    expect(text).toContain('No calls recorded today.');
    expect(text).toContain('No daily budget.');
    expect(text).not.toContain('Last request');
  });

  test('says when the budget is exceeded', () => {
    const budget = {
      spent_usd: 6,
      limit_usd: 5,
      remaining_usd: -1,
      state: 'exceeded',
      crossed: [50, 80, 100],
    } as const;
    expect(tooltip(running({ budget }))).toContain(
      'Daily budget of $5.00 is used up: $6.00 spent (120%). Crossed: 50%, 80%, 100%.',
    );
  });

  test('names models without a price, each with a link that sets one, and counts the rest', () => {
    const text = tooltip(running({ unpriced_models: ['a', 'b', 'c', 'd', 'e'] }));
    expect(text).toContain('Not in the spend, as no price is known: a ([Set Price](command:');
    expect(text).toContain(encodeURIComponent('["c"]'));
    expect(text).toContain('and 2 more');
  });

  test('says that the port was taken and where the endpoint is now', () => {
    const warnings = ['Rebuilt.'];
    const text = tooltip(running({}, { displaced_port: 43117, url: 'http://127.0.0.1:50000', warnings }));
    expect(text.match(/43117/g)).toHaveLength(1);
    expect(text).toContain('Port 43117 is used by another program; the endpoint is now http://127.0.0.1:50000.');
    expect(text).toContain(`(command:${commands.copyConnectionSettings})`);
    expect(text).toContain('$(warning) Rebuilt.');
  });

  test('offers a restart when the engine has stopped', () => {
    const text = tooltip({ kind: 'stopped', reason: 'It ended with 1.' });
    expect(text).toContain('It ended with 1.');
    expect(text).toContain(`(command:${commands.restartEngine})`);
  });

  test('never shows the token', () => {
    expect(tooltip(running())).not.toContain('secret-token');
  });

  test('links to no command it is not trusted for, whatever a model is called', () => {
    const hostile = 'x](command:workbench.action.quit) | $(flame)\n\n[y](command:evil)';
    const raw = formatSpendTooltip(
      running({
        top_models: [{ model: hostile, ...figures(1) }],
        unpriced_models: [hostile],
        last_record: outline(hostile),
      }),
      { workspace: hostile, formatInstant: () => hostile, t: plainText },
    );
    const linked = [...raw.matchAll(/\]\(command:([\w.]+)/g)].map(([, command]) => command as string);
    expect(linked.filter(command => !tooltipCommands.includes(command))).toEqual([]);
    expect(raw).not.toContain('$(flame)');
  });
});
