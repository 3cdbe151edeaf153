import { cp } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { makeFailed, makeFolder, makeRecord, noon, open } from '../makeLedger.ts';

const all = { fromMs: 0, toMs: noon + 365 * 86_400_000 };
const quarter = 900_000;

it('counts failed calls apart from usage, by facet, status and time', async () => {
  const ledger = await open(await makeFolder());
  await ledger.append([makeRecord({ requestId: 'ok' })]);
  const added = await ledger.failed.append([
    makeFailed(),
    makeFailed({ timestamp: noon + 1 }),
    makeFailed({ status: null, error: 'ECONNREFUSED', model: null, timestamp: noon + quarter }),
    makeFailed({ status: 529, sessionId: 's2', timestamp: noon + 86_400_000 }),
  ]);
  expect(added).toBe(4);
  expect(ledger.failed.group(all, [], 'UTC')).toEqual([{ key: {}, requests: 4 }]);
  expect(ledger.failed.group(all, ['status'], 'UTC')).toEqual(
    expect.arrayContaining([
      { key: { status: 429 }, requests: 2 },
      { key: { status: null }, requests: 1 },
      { key: { status: 529 }, requests: 1 },
    ]),
  );
  expect(ledger.failed.group(all, ['day', 'model'], 'UTC')).toEqual(
    expect.arrayContaining([
      { key: { day: '2026-11-22', model: 'gpt-4.1' }, requests: 2 },
      { key: { day: '2026-11-22', model: null }, requests: 1 },
      { key: { day: '2026-11-23', model: 'gpt-4.1' }, requests: 1 },
    ]),
  );
  expect(ledger.failed.group(all, ['session_id'], 'UTC')).toEqual(
    expect.arrayContaining([
      { key: { session_id: 's1' }, requests: 3 },
      { key: { session_id: 's2' }, requests: 1 },
    ]),
  );
  // A range that cuts a quarter of an hour counts the calls themselves.
  expect(ledger.failed.group({ fromMs: noon + 1, toMs: noon + quarter + 1 }, [], 'UTC')).toEqual([
    { key: {}, requests: 2 },
  ]);
  expect(ledger.sum(all).requests).toBe(1);
  const { ids, ...newest } = makeFailed({ status: 529, sessionId: 's2', timestamp: noon + 86_400_000 });
  expect(ledger.failed.list(all, 1)).toEqual([newest]);
  await ledger.close();
});

it('knows a failure that is reported twice, and keeps all over a kill', async () => {
  const folder = await makeFolder();
  const ledger = await open(folder);
  expect(await ledger.failed.append([makeFailed({ requestId: 'r1' })])).toBe(1);
  await ledger.flush();
  const telemetry = makeFailed({ ids: ['x', 'r1'], signal: 'otlp_log', timestamp: noon + 5 });
  expect(await ledger.failed.append([telemetry, makeFailed({ requestId: 'r2' })])).toBe(1);
  const copy = await makeFolder();
  await cp(folder, copy, { recursive: true });
  await ledger.close();
  for (const place of [copy, folder]) {
    const again = await open(place);
    expect(again.failed.list(all, 9).map(({ requestId }) => requestId)).toEqual(['r2', 'r1']);
    expect(again.failed.group(all, ['status'], 'UTC')).toEqual([{ key: { status: 429 }, requests: 2 }]);
    await again.close();
  }
});

it('keeps the counts of calls that retention drops, and deletes rows with their counts', async () => {
  const ledger = await open(await makeFolder());
  const times = [noon, noon + quarter, noon + 2 * quarter, noon + 2 * quarter + 1];
  await ledger.failed.append(times.map((timestamp, i) => makeFailed({ timestamp, sessionId: `s${i}` })));
  await ledger.prune(noon + quarter);
  expect(ledger.failed.list(all, 9)).toHaveLength(3);
  expect(ledger.failed.group(all, [], 'UTC')).toEqual([{ key: {}, requests: 4 }]);
  await ledger.delete({ sessionId: 's3' });
  expect(ledger.failed.group(all, [], 'UTC')).toEqual([{ key: {}, requests: 3 }]);
  await ledger.delete({ range: { fromMs: noon, toMs: noon + 2 * quarter } });
  expect(ledger.failed.group(all, [], 'UTC')).toEqual([{ key: {}, requests: 1 }]);
  expect(ledger.failed.list(all, 9)).toHaveLength(1);
  await ledger.close();
});
