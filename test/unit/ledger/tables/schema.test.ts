import { cp } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaVersion } from '../../../../src/ledger/tables/schema.ts';
import { makeFolder, makeRecord, noon, open } from '../makeLedger.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/ledger');
const all = { fromMs: 0, toMs: noon + 86_400_000 };

// Each folder is what a Spend Lens of that schema left when it was killed: a snapshot, and a journal that goes on after it.
// A new schema adds a folder and a row here; the old ones stay, so that every step forward is tested from real files.
describe.each([1])('a ledger of schema %i', version => {
  it('opens with all it held, and goes on', async () => {
    const folder = await makeFolder();
    await cp(path.join(fixtures, `schema-${version}`), folder, { recursive: true });
    const ledger = await open(folder);
    expect(ledger.warnings).toEqual([]);
    expect(ledger.sum(all)).toMatchObject({
      requests: 4,
      promptTokens: 4060,
      unpricedRequests: 1,
      costNanoUsd: 18_000_000,
    });
    expect(ledger.group(all, ['session_id'], 'UTC')).toHaveLength(2);
    expect(ledger.isNoticeMarked('daily:2026-11-22:80')).toBe(true);
    const joined = ledger.recent(9).find(({ agent }) => agent === 'claude-code');
    expect(ledger.observations(joined?.id ?? '').map(({ signal }) => signal)).toEqual(['otlp_log', 'transcript']);
    const again = await ledger.append([makeRecord({ ids: ['msg_1'] }), makeRecord({ requestId: 'req_3' })]);
    expect(again.map(({ duplicate }) => duplicate)).toEqual([true, true]);
    await ledger.close();
    expect((await open(folder)).sum(all).requests).toBe(4);
  });
});

it('has a stored ledger for every schema before this one', () => {
  expect(schemaVersion).toBe(2);
});
