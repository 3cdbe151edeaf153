import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMetricRecords } from '../../../../src/capture/otlp/metricRecords.ts';
import { computeStep, type SeriesState } from '../../../../src/capture/otlp/series.ts';
import { arrival, countsOf, type Point, parseJson, recordOf, recordsOf, sums } from './telemetry.ts';

const claude = { scope: 'com.anthropic.claude_code', resource: { 'service.name': 'claude-code' } };
const claudePoint = (type: string, value: number | string, more = {}): Point => ({
  name: 'claude_code.token.usage',
  values: { 'session.id': 's-1', model: 'claude-opus-5-5', query_source: 'main', type, ...more },
  value,
});

describe('metrics of Claude Code', () => {
  it('give one record per session, model and source', () => {
    const points = [
      claudePoint('input', 14),
      claudePoint('output', 520),
      claudePoint('cacheRead', 31000),
      claudePoint('cacheCreation', '2400'),
      claudePoint('output', 7, { query_source: 'subagent' }),
      { ...claudePoint('x', 1), name: 'claude_code.cost.usage' },
    ];
    const [main, subagent, ...others] = recordsOf(sums(points, 1, claude));
    expect(main && countsOf(main)).toEqual([14, 31000, 2400, 520, null]);
    expect(main).toMatchObject({
      agent: 'claude-code',
      provider: 'anthropic',
      sessionId: 's-1',
      taskType: 'main',
      signal: 'otlp_metric',
      requestId: null,
      timestamp: 1795300060000,
    });
    expect(main?.ids).toHaveLength(1);
    expect(subagent).toMatchObject({ taskType: 'subagent', tokens: { output: 7 } });
    expect(others).toEqual([]);
  });

  it('are known again, by session, model, start and time', () => {
    const ids = (point: Point) => recordOf(sums([point], 1, claude)).ids;
    const point = claudePoint('input', 14);
    expect(ids(point)).toEqual(ids({ ...point, value: 15 }));
    expect(ids({ ...point, time: '1795300120000000000' })).not.toEqual(ids(point));
    expect(ids({ ...point, start: '1795300001000000000' })).not.toEqual(ids(point));
    expect(ids(claudePoint('input', 14, { 'session.id': 's-2' }))).not.toEqual(ids(point));
    expect(ids(point)[0]).toMatch(/^~metric\//);
  });

  it('count nothing without a session, of an unknown kind, or of zero', () => {
    const points = [claudePoint('input', 14, { 'session.id': null }), claudePoint('new', 5), claudePoint('input', 0)];
    expect(recordsOf(sums(points, 1, claude))).toEqual([]);
  });

  it('are rejected one by one when they are no counts', () => {
    const points = [claudePoint('input', -1), claudePoint('output', 5)];
    const { points: read, rejected, error } = parseJson(sums(points, 1, claude));
    expect(read).toHaveLength(1);
    expect([rejected, error]).toEqual([1, 'claude_code.token.usage must be a non-negative integer.']);
  });
});

describe('metrics of others', () => {
  it('of the Gemini CLI have the cache in the input, thoughts apart, and come cumulative', () => {
    const point = (type: string, value: number): Point => ({
      name: 'gemini_cli.token.usage',
      values: { 'session.id': 'g-1', model: 'gemini-3.8-flash', type },
      value,
    });
    const all = [
      point('input', 8000),
      point('output', 250),
      point('cache', 6000),
      point('thought', 750),
      point('tool', 40),
    ];
    const twin = { ...point('input', 8000), name: 'gen_ai.client.token.usage' };
    const request = sums([...all, twin], 2, { scope: 'gemini-cli' });
    expect(countsOf(recordOf(request))).toEqual([2040, 6000, 0, 1000, 750]);
    expect(parseJson(request).points.every(({ isCumulative }) => isCumulative)).toBe(true);
  });

  it('are about the same calls though each counter began at a millisecond of its own', () => {
    const point = (type: string, value: number, start: string): Point => ({
      name: 'gemini_cli.token.usage',
      values: { 'session.id': 'g-1', model: 'gemini-3.8-flash', type },
      ...{ value, start },
    });
    const all = [point('input', 8000, '1795300000893000000'), point('cache', 6000, '1795300000894000000')];
    const record = recordOf(sums(all, 2, { scope: 'gemini-cli' }));
    expect(countsOf(record)).toEqual([2000, 6000, 0, 0, null]);
    expect(recordOf(sums(all.toReversed(), 2, { scope: 'gemini-cli' })).ids).toEqual(record.ids);
  });

  it('of the conventions count with a session only', () => {
    const point = (kind: string, value: number, more = {}): Point => ({
      name: `gen_ai.client.inference.usage.${kind}`,
      values: { 'gen_ai.request.model': 'gpt-5.4', 'gen_ai.provider.name': 'openai', 'session.id': 's', ...more },
      value,
    });
    const points = [
      point('input_tokens', 1000),
      point('output_tokens', 100),
      point('cache_read.input_tokens', 600),
      point('cache_write.input_tokens', 50),
      point('reasoning.output_tokens', 40),
    ];
    expect(countsOf(recordOf(sums(points, 1)))).toEqual([350, 600, 50, 100, 40]);
    expect(recordsOf(sums([point('input_tokens', 5, { 'session.id': null })], 1))).toEqual([]);
  });

  it('of Copilot and Codex never count', () => {
    const values = { 'session.id': 's', 'gen_ai.request.model': 'gpt-5.4', model: 'gpt-5.5', token_type: 'input' };
    const points = [
      'gen_ai.client.inference.usage.input_tokens',
      'gen_ai.client.token.usage',
      'codex.turn.token_usage',
    ].map(name => ({ name, values, value: 100 }));
    for (const name of ['github-copilot', 'copilot-chat', 'codex_exec', 'codex-app-server']) {
      expect(recordsOf(sums(points, 2, { resource: { 'service.name': name } }))).toEqual([]);
    }
    expect(recordsOf(sums(points, 2, { scope: 'github.copilot' }))).toEqual([]);
  });
});

describe('a cumulative series', () => {
  const step = (known: SeriesState | undefined, value: number, timestamp: number) =>
    computeStep(known, { value, timestamp });

  it('counts from 0, and then what was added', () => {
    const first = step(undefined, 100, 1000);
    expect(first.increment).toBe(100);
    const second = step(first.state, 150, 2000);
    expect(second.increment).toBe(50);
    expect(step(second.state, 150, 3000).increment).toBe(0);
  });

  it('gives the same step for a point that comes twice, and none for one that comes late', () => {
    const { state } = step(step(undefined, 100, 1000).state, 150, 2000);
    expect(step(state, 150, 2000)).toEqual({ state, increment: 50 });
    expect(step(state, 100, 1000)).toEqual({ state, increment: null });
  });

  it('begins again when its value falls', () => {
    const { state } = step(undefined, 100, 1000);
    const reset = step(state, 30, 2000);
    expect(reset.increment).toBe(30);
    expect(step(reset.state, 45, 3000).increment).toBe(15);
  });

  it('adds up to its last value, however often points come', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 3 })), { minLength: 1 }), deliveries => {
        const sums = new Map<number, number>();
        let state: SeriesState | undefined;
        let value = 0;
        for (const [index, [growth, times]] of deliveries.entries()) {
          value += growth;
          for (let time = 0; time < times; time++) {
            const next = step(state, value, index);
            state = next.state;
            sums.set(index, next.increment ?? 0);
          }
        }
        expect([...sums.values()].reduce((a, b) => a + b, 0)).toBe(value);
      }),
    );
  });
});

it('rejects steps that contradict each other', () => {
  const { points } = parseJson(
    sums(
      [
        { name: 'gemini_cli.token.usage', values: { 'session.id': 'g', type: 'input' }, value: 5 },
        { name: 'gemini_cli.token.usage', values: { 'session.id': 'g', type: 'cache' }, value: 9 },
      ],
      1,
      { scope: 'gemini-cli' },
    ),
  );
  expect(buildMetricRecords(points, arrival)).toMatchObject({ records: [], rejected: 1 });
});
