import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../unit/engine/startEngine.ts';
import { postUsage, readSummary, startProcess } from './engineProcess.ts';
import { openConnection, readEnginePid } from './openConnection.ts';

/** Everything that is written in a folder, as text, but for the files that are there to keep a token. */
async function readWritten(folder: string): Promise<string> {
  const keepers = ['token', 'metrics-token', 'engine.json'];
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter(file => file.isFile() && !keepers.includes(file.name))
      .map(file => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  return texts.join('\n');
}

it('lets all windows go on with new tokens, and the engine too', async () => {
  const storage = await makeFolder();
  const first = openConnection({ storage, workspace: await makeFolder() });
  const before = await first.running();
  const second = openConnection({ storage, workspace: await makeFolder() });
  const beforeSecond = await second.running();
  const pid = await readEnginePid(storage);
  await postUsage(before.window, { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 });

  await first.connection.rotateTokens();
  const after = await first.running(({ window }) => window.token !== before.window.token);
  const afterSecond = await second.running(({ window }) => window.token !== beforeSecond.window.token);
  expect(await readEnginePid(storage)).toBe(pid);
  expect((await readSummary(after.window)).total.requests).toBe(1);
  expect((await postUsage(before.window, {})).status).toBe(401);
  expect((await postUsage(beforeSecond.window, {})).status).toBe(401);
  expect((await readSummary(afterSecond.window)).total.requests).toBe(0);
  // The windows were never told that something was wrong.
  expect([...first.states, ...second.states].filter(({ kind }) => kind === 'stopped')).toEqual([]);
});

it('writes no token into logs, databases or the list of processes', { timeout: 60_000 }, async () => {
  const storage = await makeFolder();
  const workspace = await makeFolder();
  const { connection, running, log } = openConnection({ storage, workspace });
  const { window } = await running();
  const { token: admin, pid } = JSON.parse(await readFile(join(storage, 'engine.json'), 'utf8'));
  const scraper = (await readFile(join(storage, 'metrics-token'), 'utf8')).trim();
  const tokens = [admin, window.token, scraper];
  // Right and wrong requests that carry a token in each of its forms.
  for (const token of tokens) {
    for (const path of [
      '/v1/summary',
      '/v1/summary?period=never',
      '/nowhere',
      '/v1/usage',
      '/gateway/nobody/v1/x',
      '/%',
    ]) {
      for (const method of ['GET', 'POST']) {
        await fetch(`${window.url}/t/${token}${path}`, { method, ...(method === 'POST' ? { body: token } : {}) });
        await fetch(`${window.url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
        await fetch(`${window.url}${path}`, { method, headers: { 'x-spend-lens-token': token } });
      }
    }
  }
  await postUsage(window, { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 });
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  await connection.close();
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => readEnginePid(storage), { timeout: 10_000 }).toBe(null);
  // The file goes first; the ledgers are written after it.
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  const written = [await readWritten(storage), await readWritten(workspace), log.join('\n'), commandLine, environment];
  expect(written[0]).toContain('Version');
  for (const token of tokens) {
    for (const text of written) {
      expect(text.includes(token)).toBe(false);
    }
  }
});

it('takes the token of an engine alone from the environment, so that no list of processes has it', async () => {
  const token = 'a-token-that-only-the-environment-has';
  const engine = startProcess(['--storage', await makeFolder(), '--port', '0'], { SPEND_LENS_TOKEN: token });
  expect((await engine.greeting).token).toBe(token);
  expect(await readFile(`/proc/${engine.pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(token);
  expect(engine.stderr()).not.toContain(token);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
