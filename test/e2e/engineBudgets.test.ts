import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import type { CheckAnswer, Notice, Totals } from '../../src/api/contract.ts';
import { makeFolder, postUsage, startProcess, waitForEngineFile } from './engineProcess.ts';

/** This machine may be busy. */
const patient = { timeout: 15_000 };
/** $0.01. */
const cent = { model: 'gpt-4.1', input_tokens: 5000, output_tokens: 0 };
const settings = {
  timeZone: 'UTC',
  budget: { daily: 0, enforce: 'gateway' },
  budgets: [{ name: 'all', limitUsd: 0.04, scope: 'machine', thresholds: [75] }],
};

/** A window that reads its events until the engine or the test ends. */
async function openWindow(file: { url: string; token: string }, id: string, storage: string) {
  const admin = createClient(file);
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const answer = await admin.registerWindow(id, { workspace: { storage, name: id, folders: [] }, settings });
  const notices: Notice[] = [];
  let totals: Totals | null = null;
  void (async () => {
    for await (const event of admin.events(id, abort.signal)) {
      if (event.name === 'notice') {
        notices.push(event.data);
      } else if (event.name === 'totals') {
        totals = event.data;
      }
    }
  })().catch(() => {});
  const spent = () => totals?.budgets[0]?.spent_usd;
  const check = async (): Promise<CheckAnswer> => {
    const response = await fetch(`${answer.url}/v1/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${answer.token}` },
    });
    return (await response.json()) as CheckAnswer;
  };
  return { answer, notices, spent, check, close: () => abort.abort() };
}

describe('a budget of the whole computer, over engines that are killed', () => {
  it('counts closed workspaces, and each threshold is shown once by all windows together', async () => {
    const [storage, a, b, c] = [await makeFolder(), await makeFolder(), await makeFolder(), await makeFolder()];
    const start = async () => {
      const engine = startProcess(['windows', '--storage', storage]);
      return { engine, file: await waitForEngineFile(storage, engine.pid) };
    };
    const kill = async ({ engine }: Awaited<ReturnType<typeof start>>) => {
      engine.process.kill('SIGKILL');
      await engine.ended;
    };
    const first = await start();
    const closed = await openWindow(first.file, 'c', c);
    expect((await postUsage(closed.answer, cent)).status).toBe(200);
    await kill(first);

    // The workspace c has no window any more; two others cross 75 % together.
    const second = await start();
    const [one, two] = [await openWindow(second.file, 'a', a), await openWindow(second.file, 'b', b)];
    await expect.poll(one.spent, patient).toBe(0.01);
    await Promise.all([postUsage(one.answer, cent), postUsage(two.answer, cent)]);
    await expect.poll(() => one.notices.length + two.notices.length, patient).toBe(1);
    const [notice] = [...one.notices, ...two.notices];
    expect(notice).toMatchObject({ budget: 'all', scope: 'machine', threshold: 75, spent_usd: 0.03 });
    await kill(second);

    // Nobody said that it was shown: it comes again, once.
    const third = await start();
    const [again, other] = [await openWindow(third.file, 'a', a), await openWindow(third.file, 'b', b)];
    await expect.poll(() => again.notices.length + other.notices.length, patient).toBe(1);
    const [shown] = [...again.notices, ...other.notices];
    expect(shown).toMatchObject({ threshold: 75 });
    await createClient(third.file).answerNotice(shown?.id ?? '', 'shown');
    await kill(third);

    // Now it was, and only the next threshold comes: the end, which an enforcing budget always tells.
    const fourth = await start();
    const [last, beside] = [await openWindow(fourth.file, 'a', a), await openWindow(fourth.file, 'b', b)];
    await expect.poll(beside.spent, patient).toBe(0.03);
    await sleep(500);
    expect([...last.notices, ...beside.notices]).toEqual([]);
    expect(await last.check()).toMatchObject({ decision: 'allow', remaining_usd: 0.01 });
    await postUsage(last.answer, cent);
    await expect.poll(() => last.notices.map(({ threshold }) => threshold), patient).toEqual([100]);
    expect(beside.notices).toEqual([]);
    for (const window of [last, beside]) {
      expect(await window.check()).toMatchObject({ decision: 'deny', budget: 'all', spent_usd: 0.04 });
    }
    await createClient(fourth.file).answerNotice(last.notices[0]?.id ?? '', 'allow_hour');
    await kill(fourth);

    // An hour's leave outlives the engine, too.
    const fifth = await start();
    const back = await openWindow(fifth.file, 'b', b);
    await expect.poll(back.spent, patient).toBe(0.04);
    expect(await back.check()).toMatchObject({ decision: 'warn', budget: 'all' });
  });
});
