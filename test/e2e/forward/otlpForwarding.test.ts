import { describe, expect, it } from 'vitest';
import type { ForwardDestination } from '../../../src/contributions.ts';
import { postUsage, readSummary } from '../engineProcess.ts';
import { type SinkPoint, startSink } from './otlpSink.ts';
import { eventually, makeFolder, startEngine } from './team.ts';

const to = (url: string, privacy: ForwardDestination['privacy']): ForwardDestination[] => [
  { name: 'collector', type: 'otlp', url, privacy },
];
const call = {
  model: 'gpt-4.1',
  input_tokens: 1000,
  output_tokens: 500,
  user_id: 'ann',
  session_id: 's1',
  team: 'red',
};

const totalOf = (points: readonly SinkPoint[] | undefined, name: string) =>
  points?.filter(point => point.name === name).reduce((sum, { value }) => sum + value, 0);

describe('forwarding to an OpenTelemetry collector', () => {
  it('sends a log record per call and cumulative counters, which go on after a kill', async () => {
    const sink = await startSink();
    const storage = await makeFolder();
    const engine = await startEngine(storage, to(sink.url, 'full'), {
      SPEND_LENS_FORWARD_COLLECTOR: 'authorization=Bearer key,x-tenant=red',
    });
    const at = await engine.greeting;
    const { json } = await postUsage(at, [
      { ...call, request_id: 'r1' },
      { ...call, request_id: 'r2', model: 'gpt-4.1-mini' },
    ]);
    await eventually(async () => expect(sink.logs).toHaveLength(2));
    expect(sink.logs[0]).toEqual({
      event: 'gen_ai.client.inference.operation.details',
      attributes: expect.objectContaining({
        'spend_lens.record.id': json.records[0].id,
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4.1',
        'gen_ai.conversation.id': 's1',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 500,
        'user.id': 'ann',
        'spend_lens.cost.nano_usd': 6_000_000,
        'spend_lens.cost.basis': 'priced',
        'spend_lens.team': 'red',
      }),
    });
    expect(sink.headers[0]).toMatchObject({ authorization: 'Bearer key', 'x-tenant': 'red' });
    await eventually(async () => expect(sink.exports.length).toBeGreaterThan(0));
    const first = sink.exports[0];
    expect(first?.every(({ isMonotonic, temporality }) => isMonotonic && temporality === 2)).toBe(true);
    expect(totalOf(first, 'gen_ai.client.inference.usage.input_tokens')).toBe(2000);
    expect(totalOf(first, 'gen_ai.client.inference.usage.output_tokens')).toBe(1000);
    expect(totalOf(first, 'spend_lens.cost')).toBeCloseTo(0.0072, 9);
    expect(totalOf(first, 'spend_lens.calls')).toBe(2);

    // The collector refuses while more comes, and the engine is killed.
    sink.status = 503;
    await postUsage(at, [{ ...call, request_id: 'r3' }]);
    engine.process.kill('SIGKILL');
    await engine.ended;
    sink.status = 200;
    const next = await startEngine(storage, to(sink.url, 'full'));
    await next.greeting;
    await eventually(async () =>
      expect(new Set(sink.logs.map(({ attributes }) => attributes['spend_lens.record.id'])).size).toBe(3),
    );
    await eventually(async () => expect(totalOf(sink.exports.at(-1), 'spend_lens.calls')).toBe(3));
    // It is the same counter: it goes on from the same beginning.
    expect(sink.exports.at(-1)?.[0]?.startMs).toBe(first?.[0]?.startMs);
    expect((await readSummary(await next.greeting)).total.requests).toBe(3);
    next.process.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  });

  it('tells of no call, user or session at the level `totals`', async () => {
    const sink = await startSink();
    const engine = await startEngine(await makeFolder(), to(sink.url, 'totals'));
    await postUsage(await engine.greeting, [call]);
    await eventually(async () => expect(sink.exports.length).toBeGreaterThan(0));
    expect(sink.logs).toEqual([]);
    const told = JSON.stringify(sink.exports);
    expect(told).toContain('gpt-4.1');
    expect(told).not.toMatch(/ann|s1|openai/);
  });
});
