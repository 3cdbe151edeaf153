import { describe, expect, it } from 'vitest';
import { codexFormat } from '../../../../src/capture/transcripts/codex.ts';
import { countsOf, readLines } from './readTranscript.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 21, 22) + ms).toISOString();

const meta = (id: string, ms = 0, more: object = {}) => ({
  timestamp: at(ms),
  type: 'session_meta',
  payload: { id, cwd: '/home/dev/demo', model_provider: 'openai', git: { branch: 'topic' }, ...more },
});
const turn = (model: string, ms = 0) => ({ timestamp: at(ms), type: 'turn_context', payload: { model } });
const usage = (input: number, cached: number, output: number, reasoning = 0) => ({
  input_tokens: input,
  cached_input_tokens: cached,
  output_tokens: output,
  reasoning_output_tokens: reasoning,
  total_tokens: input + output,
});
const count = (ms: number, info: object | null) => ({
  timestamp: at(ms),
  type: 'event_msg',
  payload: { type: 'token_count', info, rate_limits: {} },
});
const both = (ms: number, last: object, total: object) =>
  count(ms, { last_token_usage: last, total_token_usage: total });

const read = (...lines: unknown[]) => readLines(codexFormat, lines);

describe('Codex, token_count', () => {
  it('takes the last usage, once, with the model of the turn', () => {
    const { records } = read(
      meta('t1'),
      turn('gpt-5.5'),
      count(500, null),
      both(1_000, usage(100, 60, 10, 4), usage(100, 60, 10, 4)),
      both(1_500, usage(100, 60, 10, 4), usage(100, 60, 10, 4)),
      turn('gpt-5.6-sol'),
      both(2_000, usage(200, 100, 20), usage(300, 160, 30, 4)),
    );
    expect(records.map(record => [record.model, ...countsOf(record)])).toEqual([
      ['gpt-5.5', 40, 10, 60, 0, 0, 0, 4],
      ['gpt-5.6-sol', 100, 20, 100, 0, 0, 0, 0],
    ]);
    expect(records[0]).toMatchObject({
      provider: 'openai',
      sessionId: 't1',
      taskType: 'chat',
      branch: 'topic',
      cwd: '/home/dev/demo',
      requestId: null,
      timestamp: Date.parse(at(1_000)),
    });
  });

  it('falls back to the difference of totals', () => {
    const total = (ms: number, value: object) => count(ms, { total_token_usage: value });
    const { records } = read(
      meta('t1'),
      total(1, usage(100, 60, 10)),
      total(2, usage(100, 60, 10)),
      total(3, usage(250, 90, 30)),
    );
    expect(records.map(record => countsOf(record).slice(0, 3))).toEqual([
      [40, 10, 60],
      [120, 20, 30],
    ]);
  });

  it('counts two calls of the same size twice', () => {
    const { records } = read(
      meta('t1'),
      both(1, usage(100, 0, 10), usage(100, 0, 10)),
      both(2, usage(100, 0, 10), usage(200, 0, 20)),
    );
    expect(records).toHaveLength(2);
  });

  it.each([
    ['a fork', { forked_from_id: 'parent' }],
    ['a subagent', { source: { subagent: { thread_spawn: { parent_thread_id: 'parent', agent_role: 'explorer' } } } }],
  ])('leaves out what %s copied with new times', (_, more) => {
    const { records } = read(
      meta('child', 0, more),
      meta('parent', 1),
      turn('gpt-5.5', 2),
      both(3, usage(100, 0, 10), usage(100, 0, 10)),
      both(960, usage(100, 0, 10), usage(200, 0, 20)),
      both(1_005, usage(100, 0, 10), usage(300, 0, 30)),
      both(1_006, usage(100, 0, 10), usage(400, 0, 40)),
      both(6_000, usage(100, 0, 11), usage(500, 0, 51)),
      both(6_001, usage(100, 0, 12), usage(600, 0, 63)),
    );
    expect(records.map(record => [record.sessionId, record.tokens.output])).toEqual([
      ['child', 11],
      ['child', 12],
    ]);
    expect(records[0]?.taskType).toBe('source' in more ? 'explorer' : 'chat');
  });

  it('leaves out nothing of a thread without a parent', () => {
    expect(read(meta('t1'), both(1, usage(100, 0, 10), usage(100, 0, 10))).records).toHaveLength(1);
  });
});

describe('Codex, token_usage_record', () => {
  const record = (id: string, own: object, total: object, threadId = 't1') => ({
    timestamp: at(9_000),
    type: 'token_usage_record',
    payload: { thread_id: threadId, response_id: id, usage: own, thread_token_usage: total },
  });

  it('is taken instead of token_count, and the rest of a file of both is still read', () => {
    const { records } = read(
      meta('t1'),
      both(1, usage(100, 0, 10), usage(100, 0, 10)),
      record('resp_2', usage(50, 0, 5), usage(150, 0, 15)),
      both(3, usage(50, 0, 5), usage(150, 0, 15)),
    );
    expect(records.map(({ ids }) => ids)).toEqual([['~codex:t1:100/0/0/10/0'], ['resp_2', '~codex:t1:150/0/0/15/0']]);
  });

  it('shares an id with a token_count that came before it', () => {
    const { records } = read(
      meta('t1'),
      both(1, usage(100, 0, 10), usage(100, 0, 10)),
      record('resp_1', usage(100, 0, 10), usage(100, 0, 10)),
    );
    const [first, second] = records.map(({ ids }) => ids);
    expect(second).toContain(first?.[0]);
  });

  it('copied by a fork belongs to the thread that wrote it', () => {
    const fork = [meta('child', 0, { forked_from_id: 't1' }), record('resp_1', usage(100, 0, 10), usage(100, 0, 10))];
    expect(read(...fork).records[0]).toMatchObject({ sessionId: 't1', requestId: 'resp_1' });
  });

  it('refuses a cache larger than the prompt', () => {
    const { records, skipped } = read(meta('t1'), record('resp_1', usage(10, 11, 1), usage(10, 11, 1)));
    expect({ count: records.length, skipped }).toEqual({ count: 0, skipped: 1 });
  });

  it('goes on where a stored state stopped', () => {
    const lines = [
      meta('t1'),
      turn('gpt-5.5'),
      both(1, usage(100, 0, 10), usage(100, 0, 10)),
      both(2, usage(100, 0, 10), usage(100, 0, 10)),
      record('resp_2', usage(50, 0, 5), usage(150, 0, 15)),
      both(3, usage(50, 0, 5), usage(150, 0, 15)),
    ];
    const whole = read(...lines).records;
    for (let cut = 0; cut <= lines.length; cut += 1) {
      const parser = codexFormat.create({ sessionId: null, taskType: null, cwd: null, models: [], changedAt: 0 });
      const before = readLines(codexFormat, lines.slice(0, cut), undefined, parser).records;
      const stored = JSON.parse(JSON.stringify(parser.state));
      const place = { sessionId: null, taskType: null, cwd: null, models: [], changedAt: 0 };
      const after = readLines(codexFormat, lines.slice(cut), undefined, codexFormat.create(place, stored)).records;
      expect([...before, ...after]).toEqual(whole);
    }
  });
});
