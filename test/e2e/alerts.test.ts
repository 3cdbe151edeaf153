import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

describe('what the user must be told at once', () => {
  const workbench = useWorkbench();

  test('is one notification: a database that was damaged under a killed engine, and nothing is lost', async () => {
    const { storage, ...at } = await copyEndpoint(workbench());
    await post({ storage, ...at }, { model: 'gpt-4.1', prompt_tokens: 250_000, completion_tokens: 0 });
    const item = workbench().statusBarItem({ id: 'spend' });
    await expect.poll(() => item.textContent(), { timeout: 10_000 }).toContain('$0.50');
    const database = path.join(storage, 'usage.sqlite');
    await expect.poll(() => existsSync(database), { timeout: 10_000 }).toBe(true);
    const engineFile = path.join(workbench().profile.globalStorage, 'engine.json');
    const { pid } = JSON.parse(readFileSync(engineFile, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGSTOP');
    writeFileSync(database, 'no database');
    process.kill(pid, 'SIGKILL');

    const toast = workbench().notification('usage.sqlite was changed outside Spend Lens or damaged');
    await toast.waitFor({ timeout: 30_000 });
    await expect.poll(() => item.textContent(), { timeout: 10_000 }).toContain('$0.50');
    await workbench().screenshot('alert');
    await sleep(1000);
    expect(await toast.count()).toBe(1);
    await workbench().answerNotification('usage.sqlite', 'Show Log');
    await toast.waitFor({ state: 'hidden' });
  });
});
