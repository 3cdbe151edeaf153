import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BudgetSetting, defaultSettings } from '../../../../src/contributions.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';
import { Crossings } from '../../../../src/engine/budgets/crossings.ts';
import { LedgerBudgets, type MachineRoom } from '../../../../src/engine/budgets/ledgerBudgets.ts';
import { LedgerSpend } from '../../../../src/engine/budgets/ledgerSpend.ts';
import { MachineSpend } from '../../../../src/engine/budgets/machineSpend.ts';
import { NoticeMarks } from '../../../../src/engine/budgets/noticeMarks.ts';
import { readKnownFolders } from '../../../../src/engine/machine/knownFolders.ts';
import { MachineSums } from '../../../../src/engine/machine/machineSums.ts';
import { makeFolder, makeRecord, open } from '../../ledger/makeLedger.ts';
import { ask, bearer, makeFolder as makeTestFolder } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

const hourMs = 3_600_000;
/** New York's clocks go forward in this night: the 8th has 23 hours. */
const zone = 'America/New_York';
const midnight = Date.UTC(2026, 2, 9, 4);
const cent = 0.006;

const machineBudget = (changes: Partial<BudgetSetting>): BudgetSetting => ({
  name: 'all',
  limitUsd: 1,
  period: 'day',
  scope: 'machine',
  match: {},
  includeSubscriptions: false,
  ...changes,
});

/** Closed workspaces with these records, one that is open, and a clock. */
async function start(closed: readonly (readonly UsageRecord[])[], budgets: readonly BudgetSetting[]) {
  const clock = { now: midnight - hourMs };
  const root = await makeFolder();
  const known = await readKnownFolders(root);
  for (const [index, records] of closed.entries()) {
    const ledger = await open(join(root, `closed${index}`));
    await ledger.append(records);
    await ledger.close();
    await known.add(ledger.folder);
  }
  const sums = new MachineSums({ folders: known, onChange: () => {}, now: () => clock.now, log: () => undefined });
  const ledger = await open(join(root, 'open'));
  onTestFinished(() => ledger.close().catch(() => undefined));
  const spend = new LedgerSpend(ledger, () => clock.now);
  const machine = new MachineSpend(sums);
  machine.addOpen(spend);
  const added = sums.addOpen(ledger.folder, ledger);
  const marks = new NoticeMarks(ledger, () => {});
  const room: MachineRoom = { spend: machine, marks, crossings: new Crossings(), tell: () => {} };
  const live = new LedgerBudgets({
    spend,
    marks,
    machine: () => room,
    now: () => clock.now,
  });
  live.apply({ ...defaultSettings, 'budget.daily': 0, budgets }, zone);
  const append = async (records: readonly UsageRecord[]) =>
    sums.onStored(ledger.folder, records, await ledger.append(records));
  const spent = () => live.statuses().map(({ spent_usd }) => spent_usd);
  return { clock, sums, added, append, spent, live, ledger };
}

describe('a budget of the whole computer', () => {
  it('is not shown before all ledgers were looked into', async () => {
    const { sums, added, live, spent } = await start(
      [[makeRecord({ timestamp: midnight - hourMs })]],
      [machineBudget({})],
    );
    await added;
    expect(spent()).toEqual([]);
    // What is known by then is enough to refuse.
    expect(live.assess()).toHaveLength(1);
    await sums.start();
    expect(spent()).toEqual([cent]);
  });

  it('counts open and closed workspaces, each call once, right across midnight', async () => {
    const evening = midnight - 2 * hourMs;
    const { clock, sums, added, append, spent } = await start(
      [
        [makeRecord({ timestamp: evening, requestId: 'twice' }), makeRecord({ timestamp: evening, agent: 'codex' })],
        [makeRecord({ timestamp: midnight - 24 * hourMs }), makeRecord({ timestamp: evening, plan: 'subscription' })],
        // The second before midnight, and the one after: written by an agent whose clock is ahead.
        [makeRecord({ timestamp: midnight - 1000 }), makeRecord({ timestamp: midnight })],
      ],
      [
        machineBudget({}),
        machineBudget({ name: 'codex', match: { agent: 'codex' } }),
        machineBudget({ name: 'week', period: 'week' }),
        machineBudget({ name: 'month', period: 'month', includeSubscriptions: true }),
        machineBudget({ name: 'rolling', period: 'rolling24h' }),
      ],
    );
    await Promise.all([added, sums.start()]);
    await append([makeRecord({ timestamp: evening, requestId: 'twice' }), makeRecord({ timestamp: clock.now })]);
    const usd = (...calls: number[]) => calls.map(count => expect.closeTo(count * cent, 9));
    // Of the day: twice (once), codex, the second before midnight, the one now. The 8th began 23 hours before its end.
    // The week, which ends with this Sunday, and the month have the call of the 7th too, the month also the subscription's and the one after
    // midnight; the last 24 hours the one of the 7th and not yet that of the last second.
    // The closed ledger has to be looked into for the call that it holds, too.
    await expect.poll(spent).toEqual(usd(4, 1, 5, 7, 4));
    clock.now = midnight - 1;
    expect(spent().slice(0, 3)).toEqual(usd(4, 1, 5));
    clock.now = midnight;
    // Monday: a new day and a new week; the month goes on.
    expect(spent().slice(0, 4)).toEqual(usd(1, 0, 1, 7));
    await append([makeRecord({ timestamp: midnight + 1000, agent: 'codex' })]);
    expect(spent().slice(0, 4)).toEqual(usd(2, 1, 2, 8));
    clock.now = midnight + 26 * hourMs;
    expect(spent().at(-1)).toBeCloseTo(0, 9);
  });

  it('of a session counts it wherever its calls are', async () => {
    const { sums, added, append, live } = await start([], [machineBudget({ period: 'session' })]);
    await Promise.all([added, sums.start()]);
    await append([makeRecord({ sessionId: 'a' }), makeRecord({ sessionId: 'b' }), makeRecord({ sessionId: 'a' })]);
    expect(live.assess('a')[0]?.spentUsd).toBeCloseTo(2 * cent, 9);
    expect(live.assess(null)[0]?.spentUsd).toBe(0);
  });
});

describe('two windows and one engine', () => {
  const settings = {
    timeZone: 'UTC',
    budget: { daily: 0, enforce: 'gateway' },
    budgets: [{ name: 'all', limitUsd: 0.03, scope: 'machine' }],
  };
  const workspace = (storage: string) => ({ workspace: { storage, name: 'w', folders: [] }, settings });
  /** $0.01. */
  const record = { model: 'gpt-4.1', input_tokens: 5000, output_tokens: 0 };

  it('share what closed workspaces spent, are told once, and are refused alike', async () => {
    const [a, b, c] = [await makeTestFolder(), await makeTestFolder(), await makeTestFolder()];
    const post = (url: string, token: string, path: string, body: unknown) =>
      ask(url, path, { headers: bearer(token), body: JSON.stringify(body) });
    const first = await startWindowMode();
    const closed = await first.openWindow('c', workspace(c));
    await post(first.url, closed.answer.token, '/v1/usage', record);
    first.engine.stop('test');
    await first.engine.left;

    const second = await startWindowMode({ storage: first.storage });
    const one = await second.openWindow('a', workspace(a));
    const two = await second.openWindow('b', workspace(b));
    for (const { reader } of [one, two]) {
      await reader.waitUntil('totals', ({ budgets }) => budgets[0]?.spent_usd === 0.01);
    }
    await post(second.url, one.answer.token, '/v1/usage', record);
    await post(second.url, two.answer.token, '/v1/usage', record);
    // The window of the ledger that crosses the line is asked first.
    const [notice] = await two.reader.wait('notice');
    expect(notice).toMatchObject({
      budget: 'all',
      scope: 'machine',
      threshold: 100,
      spent_usd: 0.03,
      enforce: 'gateway',
    });
    await second.admin.answerNotice(notice?.id ?? '', 'shown');
    await post(second.url, one.answer.token, '/v1/usage', record);
    await new Promise(resolve => setTimeout(resolve, 400));
    expect([...one.reader.all('notice'), ...two.reader.all('notice')]).toHaveLength(1);
    for (const { answer, reader } of [one, two]) {
      expect((await post(second.url, answer.token, '/v1/check', {})).json).toMatchObject({
        decision: 'deny',
        budget: 'all',
      });
      await reader.waitUntil('totals', ({ budgets }) => budgets[0]?.spent_usd === 0.04);
    }
    // An hour's leave holds for all of them, too.
    await second.admin.answerNotice(notice?.id ?? '', 'allow_hour');
    expect((await post(second.url, one.answer.token, '/v1/check', {})).json.decision).toBe('warn');
    second.engine.stop('test');
    await second.engine.left;

    const third = await startWindowMode({ storage: first.storage });
    const again = await third.openWindow('a', workspace(a));
    await again.reader.waitUntil('totals', ({ budgets }) => budgets[0]?.spent_usd === 0.04);
    expect((await post(third.url, again.answer.token, '/v1/check', {})).json.decision).toBe('warn');
    await post(third.url, again.answer.token, '/v1/usage', record);
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(again.reader.all('notice')).toEqual([]);
  });

  it('tell what user and workspace set apart; the user’s follow in ledgers whose windows are closed', async () => {
    const { url, openWindow, admin } = await startWindowMode();
    const [a, b] = [await makeTestFolder(), await makeTestFolder()];
    const register = (storage: string, user: object, own: object) => ({
      workspace: { storage, name: 'w', folders: [] },
      settings: { timeZone: 'UTC' },
      levels: { user, workspace: own },
    });
    const team = { name: 'team', limitUsd: 10, period: 'month' };
    const user = { budget: { daily: 5, enforce: 'gateway' }, budgets: [team] };
    const one = await openWindow(
      'a',
      register(a, user, {
        budget: { daily: 50 },
        budgets: [
          { ...team, limitUsd: 99 },
          { name: 'ours', limitUsd: 1 },
        ],
      }),
    );
    const two = await openWindow('b', register(b, user, {}));
    const read = async (token: string) =>
      (await ask(url, '/v1/budgets', { headers: bearer(token) })).json.budgets.map(
        ({ name, limit_usd, enforce }: { name: string; limit_usd: number; enforce: string }) => [
          name,
          limit_usd,
          enforce,
        ],
      );
    expect(await read(one.answer.token)).toEqual([
      ['daily', 5, 'gateway'],
      ['team', 10, 'gateway'],
      ['ours', 1, 'gateway'],
    ]);
    expect(await read(two.answer.token)).toEqual([
      ['daily', 5, 'gateway'],
      ['team', 10, 'gateway'],
    ]);
    one.reader.close();
    await new Promise(resolve => setTimeout(resolve, 100));
    await admin.registerWindow('b', register(b, { budgets: [{ ...team, limitUsd: 20 }] }, {}));
    expect(await read(two.answer.token)).toEqual([
      ['daily', 5, 'off'],
      ['team', 20, 'off'],
    ]);
    expect(await read(one.answer.token)).toEqual([
      ['daily', 50, 'off'],
      ['team', 20, 'off'],
      ['ours', 1, 'off'],
    ]);
    const problems = register(
      a,
      { budgets: [{ name: 'x' }] },
      { budgets: [{ limitUsd: 1 }], budget: { daily: 'much' } },
    );
    const back = await openWindow('a', problems);
    const warning = back.reader.all('engine').at(-1)?.warnings.join(' ') ?? '';
    expect(warning).toContain('Budget "x": "limitUsd" must be an amount');
    expect(warning).toContain('In the settings of the workspace: Budget number 1: "name" must be');
    expect(warning).toContain('In the settings of the workspace: "budget.daily" must be an amount');
  });
});

describe('a runaway', () => {
  it('is told to one window, once an hour', async () => {
    const { url, openWindow, admin } = await startWindowMode();
    const storage = await makeTestFolder();
    const registration = { workspace: { storage, name: 'w', folders: [] }, settings: { budget: { daily: 0 } } };
    const { answer, reader } = await openWindow('a', registration);
    const post = (body: unknown) =>
      ask(url, '/v1/usage', { headers: bearer(answer.token), body: JSON.stringify(body) });
    const usual = Array.from({ length: 3 }, (_, day) =>
      Array.from({ length: 4 }, (__, quarter) => ({
        model: 'x',
        input_tokens: 1,
        output_tokens: 1,
        cost_usd: 0.3,
        timestamp: Date.now() - (day + 2) * 24 * hourMs + quarter * 900_000,
      })),
    ).flat();
    await post(usual);
    await post({ model: 'x', input_tokens: 1, output_tokens: 1, cost_usd: 0.9 });
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(reader.all('notice')).toEqual([]);
    // $0.10 is usual in five minutes.
    await post({ model: 'x', input_tokens: 1, output_tokens: 1, cost_usd: 3.2 });
    const [notice] = await reader.wait('notice');
    expect(notice).toMatchObject({ kind: 'runaway', budget: null, spent_usd: 4.1 });
    expect(notice?.times).toBeCloseTo(41, 5);
    await admin.answerNotice(notice?.id ?? '', 'shown');
    await post({ model: 'x', input_tokens: 1, output_tokens: 1, cost_usd: 5 });
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(reader.all('notice')).toHaveLength(1);
    await reader.waitUntil('totals', ({ burn }) => burn?.usual_usd_per_hour === 1.2 && burn.usd_per_hour === 9.1);
    await admin.registerWindow('a', { ...registration, settings: { budget: { daily: 0, runaway: 0 } } });
  });
});
