import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { makeFolder, makeRecord, noon, open } from './makeLedger.ts';

const all = { fromMs: 0, toMs: noon + 365 * 86_400_000 };

it('tells apart what subscriptions pay for, in every sum', async () => {
  const folder = await makeFolder();
  const ledger = await open(folder);
  await ledger.append([
    makeRecord({ plan: 'subscription', folder: 'packages/app', agentCostNanoUsd: 7 }),
    makeRecord({ plan: 'subscription', model: 'mystery', sessionId: 's2' }),
    makeRecord({ plan: 'api' }),
    makeRecord(),
  ]);
  const copy = await makeFolder();
  await cp(folder, copy, { recursive: true });
  await ledger.close();
  for (const place of [copy, folder]) {
    const again = await open(place);
    const sums = {
      requests: 4,
      costNanoUsd: 18_000_000,
      subscriptionNanoUsd: 6_000_000,
      subscriptionCostedRequests: 1,
    };
    expect(again.sum(all)).toMatchObject(sums);
    // From the calls themselves, where a range cuts a quarter of an hour.
    expect(again.sum({ fromMs: noon - 1, toMs: noon + 1 })).toMatchObject(sums);
    expect(
      again
        .group(all, ['session_id'], 'UTC')
        .map(({ sums }) => sums.subscriptionNanoUsd)
        .sort(),
    ).toEqual([0, 6_000_000]);
    const byPlan = again.group(all, ['plan'], 'UTC').map(({ key, sums }) => [key.plan, sums.requests]);
    expect(byPlan.sort()).toEqual([
      ['api', 2],
      ['subscription', 2],
    ]);
    const byFolder = again.group(all, ['folder'], 'UTC').map(({ key, sums }) => [key.folder, sums.requests]);
    expect(byFolder).toEqual(
      expect.arrayContaining([
        ['packages/app', 1],
        [null, 3],
      ]),
    );
    await again.close();
  }
  const db = new DatabaseSync(join(folder, 'usage.sqlite'), { readOnly: true });
  const sql =
    'SELECT plan, folder, agent_cost_nano_usd AS own FROM token_usage ORDER BY plan DESC, folder DESC LIMIT 1';
  expect(db.prepare(sql).get()).toEqual({ plan: 'subscription', folder: 'packages/app', own: 7 });
  db.close();
});

it('takes the plan from whichever report knows it', async () => {
  const ledger = await open(await makeFolder());
  await ledger.append([makeRecord({ requestId: 'r', signal: 'gateway' })]);
  await ledger.append([
    makeRecord({ requestId: 'r', signal: 'transcript', plan: 'subscription', agentCostNanoUsd: 9 }),
  ]);
  expect(ledger.sum(all)).toMatchObject({ requests: 1, subscriptionNanoUsd: 6_000_000 });
  expect(ledger.findByIds(['r'])[0]?.record).toMatchObject({ plan: 'subscription', agentCostNanoUsd: 9 });
  await ledger.close();
});
