import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { addDays, dayOf, startOfDay } from '../../../../src/core/time/calendar.ts';
import { runImportCommand } from '../../../../src/engine/import/importCommand.ts';
import { claudeLine, session, write } from '../import/makeHome.ts';
import { ask, bearer, makeFolder, type Started, sixMills, startEngine } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

const dayMs = 86_400_000;
const zone = 'Asia/Kathmandu';
const today = dayOf(Date.now(), zone);
/** The start of a day of the zone so many days ago, plus ms. */
const ago = (days: number, plus = 0) => new Date(startOfDay(addDays(today, -days), zone) + plus).toISOString();
const settingsOf = (detailDays: number) => JSON.stringify({ timeZone: zone, retention: { detailDays } });

async function start(detailDays: number, storage?: string) {
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, settingsOf(detailDays));
  const engine = await startEngine({ settings, ...(storage === undefined ? {} : { storage }) });
  return { ...engine, change: (days: number) => writeFile(settings, settingsOf(days)) };
}

const post = ({ url, token }: Pick<Started, 'url' | 'token'>, body: unknown) =>
  ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });
const get = async ({ url, token }: Pick<Started, 'url' | 'token'>, path: string) =>
  (await ask(url, path, { headers: bearer(token) })).json;
const countRecords = async (at: Pick<Started, 'url' | 'token'>) =>
  (await get(at, '/v1/records?limit=99')).records.length;

const calls = [
  { ...sixMills, request_id: 'now' },
  { ...sixMills, request_id: 'first of two days ago', timestamp: ago(2) },
  { ...sixMills, request_id: 'last of three days ago', timestamp: ago(3, dayMs - 1) },
  { ...sixMills, request_id: 'long ago', timestamp: ago(60) },
];

describe('retention', () => {
  it('drops what is older at the start and keeps its sums; 0 keeps all', async () => {
    const all = await start(0);
    await post(all, calls);
    const before = await get(all, '/v1/summary?from=2000-01-01&group_by=day,model');
    expect(await countRecords(all)).toBe(4);
    all.engine.stop('test');
    await all.engine.left;
    const kept = await start(2, all.storage);
    await expect.poll(() => countRecords(kept)).toBe(2);
    expect(await get(kept, '/v1/summary?from=2000-01-01&group_by=day,model')).toEqual(before);
  });

  it('follows the setting, and refuses what may be in the sums already', async () => {
    const engine = await start(0);
    await post(engine, calls);
    await engine.change(2);
    await expect.poll(() => countRecords(engine), { timeout: 5_000 }).toBe(2);
    const again = await post(engine, [...calls, { ...sixMills, timestamp: ago(2, -1) }]);
    expect(again).toMatchObject({ status: 200, json: { accepted: 0, duplicates: 2 } });
    expect(again.json.records[3]).toBeNull();
    expect(again.json.rejected).toMatchObject([
      { index: 2, field: 'timestamp' },
      { index: 3, field: 'timestamp' },
      { index: 4, field: 'timestamp', error: expect.stringContaining(`is before ${ago(2)}: older calls are kept as`) },
    ]);
    // A report of a call that is still there, whose own clock says it was before.
    const { json } = await post(engine, { ...sixMills, request_id: 'first of two days ago', timestamp: ago(2, -50) });
    expect(json).toMatchObject({ duplicates: 1, rejected: [] });
    expect((await get(engine, '/v1/summary?from=2000-01-01')).total.requests).toBe(4);
    // What is gone stays refused, whatever the setting is now.
    await engine.change(0);
    await expect.poll(async () => (await get(engine, '/v1/diagnostics')).settings['retention.detailDays']).toBe(0);
    expect((await post(engine, calls)).json).toMatchObject({ duplicates: 2, rejected: [{}, {}] });
  });

  it('begins anew with each day of the zone', async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    try {
      const engine = await start(2);
      await post(engine, calls.slice(0, 2));
      expect(await countRecords(engine)).toBe(2);
      vi.setSystemTime(startOfDay(addDays(today, 1), zone) + 1000);
      vi.advanceTimersByTime(16_000);
      vi.useRealTimers();
      await expect.poll(() => countRecords(engine)).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('answers telemetry that is too old as partly refused', async () => {
    const engine = await start(2);
    await expect.poll(() => engine.log.some(line => line.includes('Retention:'))).toBe(true);
    const attributes = Object.entries({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4.1',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 5,
    }).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
    }));
    const spanAt = (iso: string, spanId: string) => {
      const nanos = `${Date.parse(iso)}000000`;
      return {
        traceId: '0'.repeat(31) + spanId,
        spanId: '0'.repeat(15) + spanId,
        name: 'chat',
        startTimeUnixNano: nanos,
        endTimeUnixNano: nanos,
        attributes,
      };
    };
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [spanAt(ago(9), '1'), spanAt(ago(0), '2')] }] }] };
    const headers = { ...bearer(engine.token), 'content-type': 'application/json' };
    const { json } = await ask(engine.url, '/v1/traces', { headers, body: JSON.stringify(body) });
    expect(json.partialSuccess).toMatchObject({
      rejectedSpans: '1',
      errorMessage: expect.stringContaining('is before'),
    });
    expect(await countRecords(engine)).toBe(1);
  });

  it('makes an import skip what is too old, through an engine and without one', async () => {
    const home = await makeFolder();
    const line = (id: string, timestamp: string) => claudeLine(id, 5, { timestamp });
    await write(home, `.claude/projects/p/${session}.jsonl`, line('old', ago(9)) + line('new', ago(1)));
    const engine = await start(2);
    await expect.poll(() => engine.log.some(entry => entry.includes('Retention:'))).toBe(true);
    const { text } = await ask(engine.url, '/v1/import', {
      headers: bearer(engine.token),
      body: JSON.stringify({ home }),
    });
    const counts = { files: 1, records: 1, new: 1, duplicates: 0, skipped: 1 };
    expect(JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')).toEqual({ type: 'done', ...counts });
    engine.engine.stop('test');
    await engine.engine.left;
    await write(home, `.claude/projects/p/other.jsonl`, line('old2', ago(9)) + line('new2', ago(1)));
    const command = { storage: engine.storage, home, agents: ['claude-code' as const] };
    const summary = await runImportCommand(command, () => {}, {}, new AbortController().signal);
    expect(summary).toEqual({ ...counts, files: 2 });
  });

  it('holds for the machine ledger with the settings of a window without a folder', async () => {
    const { url, adminToken, openWindow } = await startWindowMode();
    const settings = (detailDays: number) => ({ timeZone: zone, retention: { detailDays } });
    await openWindow('w1', { workspace: null, settings: settings(0) });
    const machine = { url, token: adminToken };
    await post(machine, calls);
    expect(await countRecords(machine)).toBe(4);
    await openWindow('w2', { workspace: null, settings: settings(2) });
    await expect.poll(() => countRecords(machine)).toBe(2);
  });
});
