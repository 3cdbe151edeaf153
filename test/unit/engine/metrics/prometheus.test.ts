import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, bearer, type Started, startEngine } from '../startEngine.ts';
import { findPrometheus, startPrometheus } from './prometheus.ts';

const dashboardFile = join(import.meta.dirname, '../../../../docs/grafana/spend-lens.json');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

const readDashboard = async () => JSON.parse(await readFile(dashboardFile, 'utf8')) as Dashboard;
const exprsOf = ({ panels }: Dashboard) => panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));

/** 300 calls of six models, four agents and three projects, with odd amounts. */
const calls = Array.from({ length: 300 }, (_, index) => ({
  model: ['gpt-4.1', 'gpt-5', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'gpt-4.1-mini', 'nobody'][index % 6],
  agent: ['codex', 'claude-code', 'cline', undefined][index % 4],
  project: ['shop', 'site', undefined][index % 3],
  team: 'core',
  prompt_tokens: 1000 + 7 * index,
  completion_tokens: 13 * index,
  cache_read_tokens: index % 5 === 0 ? 500 : 0,
  latency_ms: 100 + 37 * index,
}));

async function summaryOf({ url, token }: Started, groupBy: string) {
  const path = `/v1/summary?from=2020-01-01&group_by=${groupBy}`;
  return (await ask(url, path, { headers: bearer(token) })).json;
}

describe('a real Prometheus', async () => {
  const found = await findPrometheus();

  it.skipIf('reason' in found)(
    `has the ledger's figures${'reason' in found ? ` (skipped: ${found.reason})` : ''}`,
    { timeout: 60_000 },
    async () => {
      const engine = await startEngine();
      await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: JSON.stringify(calls) });
      const prometheus = await startPrometheus('path' in found ? found.path : '', engine.url, engine.token);
      const { total } = await summaryOf(engine, 'model');
      await expect.poll(() => prometheus.query('sum(spend_lens_requests_total)'), { timeout: 20_000 }).toBe(300);
      expect(await prometheus.query('up{job="spend-lens"}')).toBe(1);
      expect(await prometheus.query('sum(spend_lens_cost_usd_total)')).toBeCloseTo(total.cost_usd, 8);
      const tokens = (types: string) => prometheus.query(`sum(spend_lens_tokens_total{token_type=~"${types}"})`);
      expect(await tokens('input|cache_read|cache_write')).toBe(total.prompt_tokens);
      expect(await tokens('output')).toBe(total.completion_tokens);
      expect(await tokens('cache_read')).toBe(total.cache_read_tokens);
      expect(await prometheus.query('sum(spend_lens_unpriced_requests_total)')).toBe(total.unpriced_requests);
      expect(await prometheus.query('sum(spend_lens_request_duration_seconds_sum)')).toBeCloseTo(
        (total.avg_latency_ms * 300) / 1000,
        6,
      );
      for (const key of ['model', 'agent', 'project']) {
        for (const group of (await summaryOf(engine, key)).groups) {
          const selector = `{${key}="${group.key[key] ?? ''}"}`;
          expect(await prometheus.query(`sum(spend_lens_requests_total${selector})`)).toBe(group.requests);
          expect(await prometheus.query(`sum(spend_lens_cost_usd_total${selector})`)).toBeCloseTo(
            group.cost_usd ?? 0,
            8,
          );
        }
      }
      // What is spent while it watches is an increase of as much.
      await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: JSON.stringify(calls) });
      await expect.poll(() => prometheus.query('sum(spend_lens_requests_total)'), { timeout: 20_000 }).toBe(600);
      const after = (await summaryOf(engine, 'model')).total;
      expect(await prometheus.query('sum(spend_lens_cost_usd_total)')).toBeCloseTo(after.cost_usd, 8);

      for (const expr of exprsOf(await readDashboard())) {
        // It takes every expression of the dashboard, with Grafana's variables filled in.
        await prometheus.query(expr.replace(/\$__(range|rate_interval)/g, '1m').replace(/\$\w+/g, '.*'));
      }
    },
  );
});

describe('the Grafana dashboard', () => {
  it('names metrics and labels that exist, in every expression', async () => {
    const engine = await startEngine();
    await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: JSON.stringify(calls) });
    const { text } = await ask(engine.url, '/metrics', { headers: bearer(engine.token) });
    const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const dashboard = await readDashboard();
    const exprs = [...exprsOf(dashboard), ...dashboard.templating.list.map(({ query }) => query)];
    const used = exprs.flatMap(expr => expr.match(/\b(?:spend_lens|process)_\w+/g) ?? []);
    expect(used.length).toBeGreaterThan(15);
    for (const name of used) {
      expect(names).toContain(name.replace(/_(bucket|sum|count)$/, ''));
    }
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    for (const [, variable = ''] of exprs.join(' ').matchAll(/\$\{?(\w+)/g)) {
      expect(variables.has(variable) || variable.startsWith('__'), variable).toBe(true);
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(dashboard.panels.every(({ title, type }) => title !== '' && type !== '')).toBe(true);
  });

  it('shows every metric that the page describes, and the page describes every metric there is', async () => {
    const engine = await startEngine();
    const { text } = await ask(engine.url, '/metrics', { headers: bearer(engine.token) });
    const page = await readFile(join(import.meta.dirname, '../../../../docs/metrics.md'), 'utf8');
    for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) {
      expect(page).toContain(`\`${name}\``);
    }
    const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    for (const [, name = ''] of page.matchAll(/`((?:spend_lens|process)_\w+)`/g)) {
      expect(names).toContain(name);
    }
  });
});
