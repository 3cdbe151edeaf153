import { describe, expect, it } from 'vitest';
import type { UsageRecord } from '../../../src/core/usageRecord.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { makeFolder, makeRecord, makeTokens, noon, open } from './makeLedger.ts';

const today = { fromMs: Date.UTC(2026, 10, 22), toMs: Date.UTC(2026, 10, 23) };
const requests = (ledger: Ledger): number => ledger.sum(today).requests;

/** A call as Codex' telemetry reports it: no id of the call. */
function log(at: number, output: number, changes: Partial<UsageRecord> = {}): UsageRecord {
  return makeRecord({
    signal: 'otlp_log',
    agent: 'codex',
    timestamp: noon + at,
    tokens: makeTokens({ output }),
    ...changes,
  });
}

/** The same call as its rollout has it. */
function line(id: string, at: number, output: number): UsageRecord {
  return log(at, output, { signal: 'transcript', requestId: id });
}

describe('two signals of a session without an id in common', () => {
  it('are matched one-to-one by equal counts, in either order', async () => {
    for (const isLogFirst of [true, false]) {
      const ledger = await open(await makeFolder());
      const logs = [log(0, 500), log(4000, 500), log(9000, 700)];
      const lines = [line('a', 300, 500), line('b', 4200, 500), line('c', 9100, 700)];
      await ledger.append(isLogFirst ? [...logs, ...lines] : [...lines, ...logs]);
      expect(requests(ledger)).toBe(3);
      expect(ledger.recent(9).map(({ signal }) => signal)).toEqual(['otlp_log', 'otlp_log', 'otlp_log']);
      await ledger.append([line('b', 4200, 500), line('d', 20_000, 900)]);
      expect(requests(ledger)).toBe(4);
      await ledger.close();
    }
  });

  it('are not matched beyond thirty seconds, nor across sessions', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([log(0, 500), line('late', 31_000, 500)]);
    await ledger.append([{ ...line('other', 100, 500), sessionId: 's2' }]);
    expect(requests(ledger)).toBe(3);
    await ledger.close();
  });

  it('count once where the first signal covers the time, though the counts differ', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([line('a', 0, 500), line('b', 60_000, 600)]);
    const [prewarm] = await ledger.append([log(30_000, 3)]);
    expect(prewarm?.duplicate).toBe(true);
    expect(requests(ledger)).toBe(2);
    // After what the first signal covers, the second counts.
    await ledger.append([log(90_000, 3)]);
    expect(requests(ledger)).toBe(3);
    await ledger.close();
  });

  it('are two calls when both name their calls and the names differ', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([log(0, 500, { requestId: 'req_1' }), log(500, 500, { requestId: 'req_2' })]);
    await ledger.append([line('msg_3', 200, 500)]);
    expect(requests(ledger)).toBe(3);
    await ledger.close();
  });

  it('recognise a report that is sent twice by its mark, and still match it', async () => {
    const ledger = await open(await makeFolder());
    const report = log(0, 500, { ids: ['~codex:s1:0:500'] });
    await ledger.append([report, report]);
    await ledger.append([line('a', 100, 500)]);
    await ledger.append([report]);
    expect(requests(ledger)).toBe(1);
    await ledger.close();
  });
});

describe('a gateway that is told no session', () => {
  /** Gemini CLI names no session to its provider; the gateway knows the answer's id, when the call began and how long it took. */
  const exchange = (at: number, output: number, id: string): UsageRecord =>
    log(at, output, {
      ...{ agent: 'gemini-cli', signal: 'gateway', sessionId: null, ids: [id], requestId: id, latencyMs: 50_000 },
    });
  const event = (at: number, output: number, id: string): UsageRecord =>
    log(at, output, { agent: 'gemini-cli', ids: [id] });
  /** Its chat file shows an id of its own, which nobody else knows. */
  const message = (at: number, output: number, id: string): UsageRecord => ({
    ...event(at, output, `~${id}`),
    ...{ signal: 'transcript', requestId: id },
  });
  const reports = [
    [exchange(0, 500, 'r1'), exchange(60_000, 500, 'r2')],
    [event(50_100, 500, '~e1'), event(110_100, 500, '~e2')],
    [message(50_200, 500, 'm1'), message(110_200, 500, 'm2')],
  ] as const;
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const;

  it.each(orders)('matches the other reports by agent, counts and time (order %i %i %i)', async (...order) => {
    const ledger = await open(await makeFolder());
    for (const index of order) {
      for (const report of reports[index]) {
        await ledger.append([report]);
      }
    }
    expect(requests(ledger)).toBe(2);
    expect(ledger.recent(9).map(({ signal, sessionId }) => [signal, sessionId])).toEqual([
      ['gateway', 's1'],
      ['gateway', 's1'],
    ]);
    await ledger.close();
  });

  it('takes a metric over that came before the log told the session of the call', async () => {
    const ledger = await open(await makeFolder());
    const metric = (at: number): UsageRecord => ({ ...event(at, 500, `~metric${at}`), signal: 'otlp_metric' });
    await ledger.append([exchange(0, 500, 'r1')]);
    await ledger.append([metric(50_050)]);
    expect(requests(ledger)).toBe(2);
    await ledger.append([event(50_100, 500, '~e1')]);
    expect(requests(ledger)).toBe(1);
    // And one that comes afterwards adds nothing, though the call began before anybody named its session.
    await ledger.append([metric(50_150)]);
    expect(requests(ledger)).toBe(1);
    expect(ledger.sum(today).completionTokens).toBe(500);
    await ledger.close();
  });

  it('does not match another agent, other counts, or what came much later', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([exchange(0, 500, 'r1')]);
    await ledger.append([{ ...message(50_000, 500, 'm1'), agent: 'cline' }]);
    await ledger.append([message(50_000, 501, 'm2')]);
    await ledger.append([message(81_000, 500, 'm3')]);
    expect(requests(ledger)).toBe(4);
    await ledger.close();
  });

  it('keeps two exchanges apart, and two sessions with one exchange', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([exchange(0, 500, 'r1'), exchange(10, 500, 'r2')]);
    expect(requests(ledger)).toBe(2);
    await ledger.append([message(50_000, 500, 'm1'), { ...message(50_000, 500, 'm2'), sessionId: 's2' }]);
    expect(requests(ledger)).toBe(2);
    await ledger.append([{ ...message(50_000, 500, 'm3'), sessionId: 's3' }]);
    expect(requests(ledger)).toBe(3);
    await ledger.close();
  });
});

describe('metrics', () => {
  const metric = (at: number, input: number): UsageRecord =>
    log(at, 10, { signal: 'otlp_metric', tokens: makeTokens({ input, output: 10 }) });

  it('are taken over by the first better record of their session and model', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([metric(0, 3000), metric(60_000, 4000)]);
    expect(ledger.sum(today)).toMatchObject({ requests: 2, promptTokens: 7000 });
    await ledger.append([log(70_000, 500, { requestId: 'req_1' })]);
    expect(ledger.sum(today)).toMatchObject({ requests: 1, promptTokens: 1000 });
    await ledger.append([metric(120_000, 1000)]);
    expect(requests(ledger)).toBe(1);
    await ledger.append([{ ...metric(130_000, 50), model: 'gpt-4.1-mini' }]);
    expect(requests(ledger)).toBe(2);
    await ledger.close();
  });
});

describe('the gateway', () => {
  it('never merges two exchanges, whatever their provider calls them', async () => {
    const ledger = await open(await makeFolder());
    const exchange = makeRecord({ signal: 'gateway', requestId: 'chatcmpl-1' });
    await ledger.append([exchange, exchange]);
    expect(requests(ledger)).toBe(2);
    await ledger.close();
  });
});

describe('the reports of a call', () => {
  it('are kept with what each said, over a restart too', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    const [first] = await ledger.append([makeRecord({ requestId: 'req_1', signal: 'otlp_log' })]);
    const partial = makeTokens({ output: 3 });
    await ledger.append([
      makeRecord({ ids: ['msg_1', 'req_1'], requestId: 'req_1', signal: 'transcript', tokens: partial }),
    ]);
    const expected = [
      { signal: 'otlp_log', outputTokens: 500, ids: ['req_1'] },
      { signal: 'transcript', outputTokens: 3, ids: ['msg_1', 'req_1'] },
    ];
    expect(ledger.observations(first?.id ?? '')).toMatchObject(expected);
    expect((await open(folder)).observations(first?.id ?? '')).toMatchObject(expected);
    await ledger.close();
    expect((await open(folder)).observations(first?.id ?? '')).toMatchObject(expected);
    expect((await open(folder)).observations('nobody')).toEqual([]);
  });
});

describe('the ids of rows', () => {
  it('are unique in one ms, kept over restarts, and never given twice', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    const rows = await ledger.append([makeRecord({ requestId: 'a' }), makeRecord({ requestId: 'b' }), makeRecord()]);
    const [joined] = await ledger.append([makeRecord({ ids: ['a', 'b'], signal: 'response' })]);
    expect(joined?.id).toBe(rows[0]?.id);
    const again = await open(folder);
    const [next] = await again.append([makeRecord({ requestId: 'c' })]);
    const ids = [...rows, next].map(row => row?.id);
    expect(new Set(ids).size).toBe(4);
    expect(again.recent(9).map(({ id }) => id)).toEqual(expect.arrayContaining([rows[0]?.id, rows[2]?.id, next?.id]));
  });
});
