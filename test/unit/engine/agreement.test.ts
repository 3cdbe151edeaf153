/**
 * One figure everywhere: the report, the status bar, `/v1/summary`, `/metrics` and SQL agree, range by range, on a generated month of
 * traffic with the end of summer time inside.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import type { Summary, Totals } from '../../../src/api/contract.ts';
import { spendOf } from '../../../src/core/spend.ts';
import { loadPlace } from '../../../src/ui/report/loadReport.ts';
import { formatSpend, formatSpendItem } from '../../../src/ui/statusBar/spendText.ts';
import { plainText } from '../../../src/ui/text/translate.ts';
import { toCell } from '../../../webview-ui/chart/series.ts';
import type { ReportPeriod } from '../../../webview-ui/messages.ts';
import { defaultPlace } from '../../../webview-ui/state.ts';
import { engineState } from '../api/answers.ts';
import { readEvents } from './readEvents.ts';
import { ask, bearer, makeFolder, startEngine } from './startEngine.ts';

const zone = 'Europe/Berlin';
const hourMs = 3_600_000;
/** Summer time ends on 2026-10-25 at 01:00 UTC: that day has 25 hours. */
const first = Date.parse('2026-10-09T22:00:00Z');
const days = 31;

/** A number from 0 to 1 by rule instead of chance, so that a failure comes back. */
function createNumbers(): () => number {
  let state = 20_261_025;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Calls of a month of the past, some of them at the very borders of days, and of today. */
function generateCalls(): object[] {
  const next = createNumbers();
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const create = (timestamp: number, index: number) => {
    const prompt = Math.floor(next() * 50_000) + 1;
    return {
      timestamp: new Date(timestamp).toISOString(),
      request_id: `req_${index}`,
      model: pick(['gpt-4.1', 'gpt-4.1-mini', 'claude-sonnet-4-20250514', 'acme-unknown']),
      agent: pick(['codex', 'claude-code', 'gemini-cli']),
      session_id: `s${Math.floor(index / 40)}`,
      task_type: pick(['chat', 'review', undefined]),
      branch: pick(['main', 'fix/login']),
      prompt_tokens: prompt,
      cache_read_tokens: Math.floor(prompt * next() * 0.8),
      completion_tokens: Math.floor(next() * 4_000),
      latency_ms: Math.floor(next() * 9_000),
      ...(next() < 0.1 ? { cost_usd: Math.floor(next() * 1e6) / 1e7 } : {}),
    };
  };
  const month = Array.from({ length: 3_000 }, (_, index) =>
    create(first + Math.floor(next() * days * 24 * hourMs), index),
  );
  const borders = [
    '2026-10-24T22:00:00Z',
    '2026-10-25T00:59:59.999Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T22:59:59.999Z',
    '2026-10-25T23:00:00Z',
  ];
  const edges = borders.map((instant, index) => create(Date.parse(instant), 10_000 + index));
  const today = Array.from({ length: 50 }, (_, index) => create(Date.now() - index * 1_000, 20_000 + index));
  return [...month, ...edges, ...today];
}

/** Ranges by the days they are of and, worked out by hand, their instants. */
const ranges: readonly (readonly [name: string, from: string, to: string, fromUtc: string, toUtc: string])[] = [
  ['the whole month', '2026-10-10', '2026-11-10', '2026-10-09T22:00:00.000Z', '2026-11-09T23:00:00.000Z'],
  [
    'the day before the clocks change',
    '2026-10-24',
    '2026-10-25',
    '2026-10-23T22:00:00.000Z',
    '2026-10-24T22:00:00.000Z',
  ],
  ['the day of 25 hours', '2026-10-25', '2026-10-26', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['the day after', '2026-10-26', '2026-10-27', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z'],
  ['the week of the change', '2026-10-19', '2026-10-26', '2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['October', '2026-10-01', '2026-11-01', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
  ['a day with nothing in it', '2026-09-01', '2026-09-02', '2026-08-31T22:00:00.000Z', '2026-09-01T22:00:00.000Z'],
];

interface SqlSums {
  readonly requests: number;
  readonly nano: number | null;
  readonly subscribed: number | null;
  readonly prompt: number | null;
  readonly completion: number | null;
  readonly cached: number | null;
  readonly unpriced: number | null;
}

/** What anybody gets with any SQL program. */
function sumBySql(db: DatabaseSync, from: string, to: string): SqlSums {
  const sql = `SELECT count(*) AS requests, sum(cost_nano_usd) AS nano, sum(iif(plan = 'subscription', cost_nano_usd, NULL)) AS subscribed,
    sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion, sum(cache_read_tokens) AS cached,
    sum(cost_basis = 'unpriced') AS unpriced FROM token_usage WHERE timestamp >= ? AND timestamp < ?`;
  return db.prepare(sql).get(from, to) as unknown as SqlSums;
}

function expectSame({ total }: Summary, sql: SqlSums): void {
  expect(total.requests).toBe(sql.requests);
  expect(total.cost_usd).toBe(sql.nano === null ? null : sql.nano / 1e9);
  expect(total.subscription_cost_usd).toBe(sql.subscribed === null ? null : sql.subscribed / 1e9);
  expect([total.prompt_tokens, total.completion_tokens, total.cache_read_tokens, total.unpriced_requests]).toEqual([
    sql.prompt ?? 0,
    sql.completion ?? 0,
    sql.cached ?? 0,
    sql.unpriced ?? 0,
  ]);
}

/** The sum of a metric's series in the exposition. */
function sumMetric(text: string, name: string, label = ''): number {
  return text
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf('}') + 1)), 0);
}

test('report, bar, summary, metrics and SQL agree, range by range', { timeout: 120_000 }, async () => {
  const folder = await makeFolder();
  const settings = path.join(folder, 'settings.json');
  await writeFile(settings, JSON.stringify({ timeZone: zone, plans: { 'claude-code': 'subscription' } }));
  const { url, token } = await startEngine({ settings });
  const posted = await ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(generateCalls()) });
  expect(posted.json.accepted).toBe(3_055);
  const client = createClient({ url, token });
  const events = readEvents(url, token);
  await events.waitUntil('totals', ({ today }) => today.requests > 0);
  const totals = events.all('totals').at(-1) as Totals;
  const database = path.join(folder, 'copy.sqlite');
  await writeFile(database, await client.database(AbortSignal.timeout(30_000)));
  const db = new DatabaseSync(database, { readOnly: true });

  const check = async (period: ReportPeriod, instants: readonly [string, string] | null): Promise<Summary> => {
    const range = period.kind === 'named' ? { period: period.name } : { from: period.from, to: period.to };
    const summary = await client.summary(range, ['model']);
    if (instants) {
      expect([summary.from, summary.to]).toEqual(instants);
    }
    expectSame(summary, sumBySql(db, summary.from, summary.to));
    for (const stack of ['model', 'agent', 'task_type', 'kind'] as const) {
      const place = { ...defaultPlace, period, stack, dimension: 'session_id' } as const;
      const { view, from, to } = await loadPlace(client, place, { zone, totals });
      if (view.kind !== 'overview') {
        throw new Error(view.kind);
      }
      expect([from, to]).toEqual([summary.from, summary.to]);
      const { previous, ...shown } = view.summary;
      expect(shown.total).toEqual(summary.total);
      expect([view.breakdown.total, view.models.total]).toEqual([summary.total, summary.total]);
      // What is spent is shown three times: as the figure, as bars and as kinds of tokens.
      const spend = spendOf(summary.total);
      expect(view.costs.total.cost_usd ?? 0).toBeCloseTo(spend ?? 0, 9);
      const bars =
        stack === 'kind'
          ? view.costs.groups.map(({ cost_usd }) => cost_usd ?? 0)
          : view.summary.groups.map(group => toCell(group).costUsd ?? 0);
      expect(bars.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(spend ?? 0, 7);
      const rows = view.breakdown.groups.map(group => toCell(group).costUsd ?? 0);
      expect(rows.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(spend ?? 0, 7);
      const { input_usd, cache_read_usd, cache_write_usd, output_usd, web_search_usd, unsplit_usd } = view.costs.total;
      expect(input_usd + cache_read_usd + cache_write_usd + output_usd + web_search_usd + unsplit_usd).toBeCloseTo(
        spend ?? 0,
        7,
      );
    }
    const { view: list } = await loadPlace(client, { ...defaultPlace, period, view: 'sessions' }, { zone, totals });
    const sessions = list.kind === 'sessions' ? list.sessions.sessions : [];
    expect(sessions.reduce((sum, { requests }) => sum + requests, 0)).toBe(summary.total.requests);
    return summary;
  };

  for (const [name, from, to, fromUtc, toUtc] of ranges) {
    const { total } = await check({ kind: 'custom', from, to }, [fromUtc, toUtc]);
    expect(total.requests > 0, name).toBe(!name.includes('nothing'));
  }
  for (const period of ['today', 'week', 'month'] as const) {
    const summary = await check({ kind: 'named', name: period }, null);
    expect(totals[period]).toEqual(summary.total);
  }
  // The bar and its tooltip are made of the totals.
  const state = { kind: 'running', engine: engineState(), totals: { ...totals, sessions: [] } } as const;
  const window = { url, token, storage: folder, machine_token: '' };
  const bar = formatSpendItem({ ...state, window }, { show: 'today', scope: 'workspace' }, Date.now(), plainText);
  expect(bar.text).toBe(`$(pulse) ${formatSpend(totals.today)}`);

  const all = await client.summary({ from: '2026-01-01', to: '2027-01-01' }, ['model']);
  const { text: metrics } = await ask(url, '/metrics', { headers: bearer(token) });
  expect(sumMetric(metrics, 'spend_lens_cost_usd_total')).toBeCloseTo(all.total.cost_usd ?? 0, 6);
  expect(sumMetric(metrics, 'spend_lens_cost_usd_total', 'plan="api"')).toBeCloseTo(spendOf(all.total) ?? 0, 6);
  expect(sumMetric(metrics, 'spend_lens_requests_total', 'outcome="ok"')).toBe(all.total.requests);
  expect(sumMetric(metrics, 'spend_lens_unpriced_requests_total')).toBe(all.total.unpriced_requests);
  expect(sumMetric(metrics, 'spend_lens_tokens_total')).toBe(all.total.prompt_tokens + all.total.completion_tokens);
  for (const { key, requests } of all.groups) {
    const label = `model="${key.model}"`;
    const ok = metrics
      .split('\n')
      .filter(
        line => line.startsWith('spend_lens_requests_total{') && line.includes(label) && line.includes('outcome="ok"'),
      )
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf('}') + 1)), 0);
    expect(ok, label).toBe(requests);
  }
  db.close();
});
