import { describe, expect, test } from 'vitest';
import type { EngineState, Totals } from '../../../../../src/api/contract.ts';
import { commands } from '../../../../../src/contributions.ts';
import type { ConnectionState } from '../../../../../src/ui/connection/engineConnection.ts';
import { formatSpendTooltip, tooltipCommands } from '../../../../../src/ui/statusBar/tooltip/spendTooltip.ts';
import { plainText } from '../../../../../src/ui/text/translate.ts';
import { budgetStatus, engineState, figures, outline, session, totals } from '../../../api/answers.ts';

const noon = Date.parse('2026-11-22T12:00:30Z');
const tooltip = (state: ConnectionState, workspace: string | null = 'demo') =>
  formatSpendTooltip(state, { workspace, formatInstant: iso => iso.slice(11, 16), nowMs: noon, t: plainText }).replace(
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
    const text = tooltip(running());
    expect(text).toContain('**Spend Lens** · demo');
    expect(text).toContain('| Today | $1.23 | 3 | 1.5k |');
    expect(text).toContain('| This week | $4.50 | 3 | 1.5k |');
    expect(text).toContain('| This month | $12.00 | 3 | 1.5k |');
    expect(text).toContain('| gpt-4.1 | $1.23 | 3 | 1.5k |');
    expect(text).toContain('██░░░░░░░░ **Today** $1.23 of $5.00 spent (25%).');
    expect(text).toContain('$0.60 in the last hour.');
    expect(text).toContain('Today: 100% priced.');
    expect(text).toContain('$(plug) Listening at 127.0.0.1:43117');
    expect(text).toContain('Last request: gpt-4.1 · 1,000 tokens in, 500 out · $0.006 · 12:00');
    expect(text).toContain(`(command:${commands.openReport})`);
    expect(text).toContain(`(command:${commands.openSettings})`);
  });

  test('says when nothing was recorded and when there is no budget', () => {
    const none = figures(null, { requests: 0, prompt_tokens: 0, completion_tokens: 0 });
    const text = tooltip(running({ today: none, top_models: [], last_record: null, budgets: [], burn: null }), null);
    expect(text).toContain('this machine');
    expect(text).toContain('| Today | $0.00 | 0 | 0 |');
    expect(text).toContain('No calls recorded today.');
    expect(text).toContain('No daily budget.');
    expect(text).not.toContain('Last request');
  });

  test('says how forwarding goes, where there is any', () => {
    expect(tooltip(running())).not.toContain('Forwarding');
    const team = { name: 'team', type: 'postgresql', privacy: 'calls', waiting: 0, last_error: null } as const;
    const down = { ...team, name: 'otel', waiting: 3, last_sent: null, last_error: 'connect ECONNREFUSED.' };
    const text = tooltip(running({ forward: [{ ...team, last_sent: '2026-11-22T12:00:26.000Z' }, down] }));
    expect(text).toContain('$(cloud-upload) Forwarding to team: all is sent, last sent 4 s ago');
    expect(text).toContain(
      '$(warning) Forwarding to otel: 3 calls wait, failed: connect ECONNREFUSED. It is tried again.',
    );
  });

  test('says when the budget is exceeded', () => {
    const budget = budgetStatus({ spent_usd: 6, remaining_usd: 0, state: 'exceeded', crossed: [50, 80, 100] });
    expect(tooltip(running({ budgets: [budget] }))).toContain(
      '██████████ **Today** Budget of $5.00 is used up: $6.00 spent (120%).',
    );
  });

  test('shows every budget with where it is heading; more than four are counted', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const text = tooltip(
      running({
        budgets: names.map(name => budgetStatus({ name, spent_usd: 4.1, forecast_usd: 7.8, state: 'warning' })),
      }),
    );
    expect(text).toContain('████████░░ **a** $4.10 of $5.00 spent (82%). On pace for $7.80 by midnight.');
    expect(text).toContain('and 1 more');
    expect(text).toContain(encodeURIComponent('[{"view":"budgets"}]'));
  });

  test('shows the sessions of the last hour with their agents, each a link to its calls', () => {
    const text = tooltip(
      running({ sessions: [session('fix login', 0.45, ['codex', 'gemini-cli']), session('old', 2)] }),
    );
    expect(text).toContain('Sessions of the last hour');
    expect(text).toContain(`| $(pulse) [fix login](command:${commands.openReport}?`);
    expect(text).toContain(encodeURIComponent('[{"view":"sessions","session":"fix login"}]'));
    expect(text).toContain('| codex, gemini-cli | $0.45 | 3 |');
  });

  test('keeps what subscriptions pay for apart, says how much is known, and counts all workspaces', () => {
    const today = figures(5, { subscription_cost_usd: 3, requests: 100, estimated_requests: 2, unpriced_requests: 1 });
    const machine = { today: figures(9), week: figures(9), month: figures(9) };
    const text = tooltip(running({ today, month: figures(50, { subscription_cost_usd: 40 }), machine }));
    expect(text).toContain('| Today | $2.00 | 100 | 1.5k |');
    expect(text).toContain('| All workspaces today | $9.00 |');
    expect(text).toContain('On subscriptions: ~$3.00 today, ~$40.00 this month, not in the spend.');
    expect(text).toContain('Today: 97% priced, 2% estimated, 1% unpriced.');
  });

  test('says so when usage can not be stored', () => {
    expect(tooltip(running({}, { storage_problem: 'The disk is full.' }))).toContain('$(error) Usage can’t be stored');
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
        sessions: [session(hostile, 1, [hostile])],
        budgets: [budgetStatus({ name: hostile })],
      }),
      { workspace: hostile, formatInstant: () => hostile, nowMs: noon, t: plainText },
    );
    const linked = [...raw.matchAll(/\]\(command:([\w.]+)/g)].map(([, command]) => command as string);
    expect(linked.filter(command => !tooltipCommands.includes(command))).toEqual([]);
    expect(raw).not.toContain('$(flame)');
  });
});
