import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

/** Five tasks of an agent; gpt-4.1 costs 2 and 8 USD per 1M tokens, gpt-4.1-mini 0.40 and 1.60. */
const tasks = [
  { task_type: 'bug-fix', model: 'gpt-4.1', prompt_tokens: 100_000, completion_tokens: 5_000 },
  { task_type: 'bug-fix', model: 'gpt-4.1-mini', prompt_tokens: 50_000, completion_tokens: 2_000 },
  { task_type: 'code-review', model: 'gpt-4.1', prompt_tokens: 60_000, completion_tokens: 3_000 },
  { task_type: 'testing', model: 'gpt-4.1-mini', prompt_tokens: 20_000, completion_tokens: 1_000 },
  { task_type: 'testing', model: 'gpt-4.1', prompt_tokens: 1_000, completion_tokens: 500 },
];
const byTask =
  "SELECT task_type, SUM(cost), SUM(prompt_tokens), SUM(completion_tokens) FROM token_usage WHERE date(timestamp) = date('now') GROUP BY task_type";

/** Sum of the tasks: 0.24 + 0.0232 + 0.144 + 0.0096 + 0.006. */
const spent = 0.4228;

function databaseOf({ storage }: Endpoint): string {
  return path.join(storage, 'usage.sqlite');
}

/** Rows of another SQLite program, once the snapshot holds as many as expected. */
async function queryFile(endpoint: Endpoint, sql: string, rows: number): Promise<Record<string, unknown>[]> {
  let found: Record<string, unknown>[] = [];
  const query = () => {
    const db = new DatabaseSync(databaseOf(endpoint), { readOnly: true });
    found = db.prepare(sql).all();
    db.close();
    return found.length;
  };
  await expect.poll(query, { timeout: 10_000 }).toBe(rows);
  return found;
}

describe('the main job', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC' }, env: { TZ: 'America/New_York' } });
  const item = () => workbench().statusBarItem({ id: 'spend' });
  /** Today's spend; the session that runs stands beside it. */
  const barText = async () => (await item().textContent())?.trim().split(' · run ')[0];
  let endpoint: Endpoint;

  test('counts five posted tasks in the status bar within a second each', async () => {
    endpoint = await copyEndpoint(workbench());
    await expect.poll(barText, { timeout: 15_000 }).toBe('$0.00');
    const delays: number[] = [];
    for (const [index, task] of tasks.entries()) {
      const before = await barText();
      const start = performance.now();
      const answer = await post(endpoint, { ...task, session_id: 'e2e', request_id: `task-${index}` });
      expect(answer.records[0]).toMatchObject({ cost_basis: 'priced' });
      // The smallest tasks do not move the cents.
      if ((answer.records[0]?.cost_usd ?? 0) > 0.01) {
        await expect.poll(barText, { timeout: 5_000, interval: 20 }).not.toBe(before);
        delays.push(performance.now() - start);
      }
    }
    console.log(`status bar moved after ${delays.map(delay => Math.round(delay)).join(', ')} ms (limit 1000)`);
    await expect.poll(barText, { timeout: 5_000 }).toBe('$0.42');
    expect(Math.max(...delays)).toBeLessThan(5_000);
    await workbench().screenshot('status-bar-counting');
  });

  test('stores each task as a row that other SQLite programs read', async () => {
    const rows = await queryFile(endpoint, 'SELECT * FROM token_usage ORDER BY request_id', 5);
    expect(rows.every(row => Number(row.prompt_tokens) > 0 && Number(row.completion_tokens) > 0)).toBe(true);
    // By hand: 60,000 × 2 USD/1M + 3,000 × 8 USD/1M.
    expect(rows[2]).toMatchObject({ task_type: 'code-review', cost: 0.144, cost_nano_usd: 144_000_000 });
  });

  test('gives the sqlite3 program the same sums', async ({ skip }) => {
    try {
      execFileSync('sqlite3', ['-version'], { stdio: 'ignore' });
    } catch {
      skip('the sqlite3 program is not installed');
    }
    const sum = 'SELECT count(*), sum(cost_nano_usd) FROM token_usage';
    expect(execFileSync('sqlite3', [databaseOf(endpoint), sum], { encoding: 'utf8' })).toBe('5|422800000\n');
  });

  test('draws the same figures in the report that a click on the bar opens', async () => {
    await item().click();
    const frame = workbench().reportFrame();
    await frame.getByRole('combobox', { name: 'Breakdown' }).click();
    await frame.getByRole('option', { name: 'Task type' }).click();
    const table = frame.getByRole('table', { name: /task type/i });
    await table.waitFor();
    const rows = await queryFile(endpoint, byTask, 3);
    for (const row of rows) {
      const line = table.getByRole('row', { name: new RegExp(String(row.task_type)) });
      await line.waitFor();
      const cells = (await line.getByRole('cell').allTextContents()).map(text => text.trim());
      expect(cells.join(' | ')).toContain(`$${Number(row['SUM(cost)']).toFixed(2)}`);
      expect(cells.join(' | ').replaceAll(',', '')).toContain(String(row['SUM(prompt_tokens)']));
      expect(cells.join(' | ').replaceAll(',', '')).toContain(String(row['SUM(completion_tokens)']));
    }
    const total = rows.reduce((sum, row) => sum + Number(row['SUM(cost)']), 0);
    expect(total).toBeCloseTo(spent, 9);
    await workbench().screenshot('report');
  });

  test('loses nothing in a window reload in the middle, and the bar goes on', async () => {
    await workbench().waitUntilSaved();
    let posted = 0;
    const posting = (async () => {
      for (; posted < 40; posted++) {
        await post(endpoint, {
          ...tasks[0],
          task_type: 'reload',
          request_id: `reload-${posted}`,
          prompt_tokens: 5_000,
        });
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    })();
    await workbench().reload();
    await posting;
    // 40 × (5,000 × 2 + 5,000 × 8) / 1M USD = 2.00.
    await expect.poll(barText, { timeout: 20_000 }).toBe('$2.42');
    await post(endpoint, { ...tasks[0], request_id: 'after-reload' });
    await expect.poll(barText, { timeout: 5_000 }).toBe('$2.66');
    await queryFile(endpoint, "SELECT id FROM token_usage WHERE task_type = 'reload'", 40);
    // The report came back by itself, and goes on too.
    await workbench()
      .reportFrame()
      .getByRole('table', { name: /task type/i })
      .getByText('reload')
      .waitFor();
  });

  test('notifies once, in one window, when a lowered budget is exceeded by the next call', async () => {
    await workbench().runCommand('Spend Lens: Change Daily Budget…');
    await workbench().answerInput('2.7');
    const second = await workbench().openWindow();
    const secondItem = workbench().statusBarItem({ id: 'spend' }, second);
    await expect.poll(() => secondItem.textContent(), { timeout: 15_000 }).toContain('$2.66');
    await post(endpoint, { ...tasks[0], request_id: 'over-budget' });
    const toast = workbench().notification(/budget/i);
    const otherToast = second.locator('.notification-toast').filter({ hasText: /budget/i });
    await expect.poll(async () => (await toast.count()) + (await otherToast.count()), { timeout: 10_000 }).toBe(1);
    const window = (await toast.count()) === 1 ? workbench().page : second;
    await workbench().screenshot('budget-notification', window);
    for (const button of ['Open Report', 'Change Budget', 'Not Today']) {
      await window.locator('.notification-toast').getByRole('button', { name: button, exact: true }).waitFor();
    }
    await expect.poll(async () => item().getAttribute('class'), { timeout: 5_000 }).toMatch(/error-kind/);
    await post(endpoint, { ...tasks[0], request_id: 'again' });
    await workbench().reload();
    await expect.poll(barText, { timeout: 15_000 }).toBe('$3.14');
    expect((await toast.count()) + (await otherToast.count())).toBeLessThanOrEqual(1);
    await second.close();
  });
});
