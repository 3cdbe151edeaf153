import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import { makeFolder, postUsage, startProcess, waitForEngineFile } from './engineProcess.ts';

const sixMills = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };

/** A window: registered and with its stream open, until it is closed. */
async function openWindow(file: { url: string; token: string }, id: string, storage: string) {
  const admin = createClient(file);
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const registration = { workspace: { storage, name: id, folders: [] }, settings: {} };
  const answer = await admin.registerWindow(id, registration);
  const events = admin.events(id, abort.signal)[Symbol.asyncIterator]();
  await events.next();
  const drained = (async () => {
    while (!(await events.next()).done) {
      // Read on, so that the stream stays open.
    }
  })().catch(() => {});
  return { answer, drained, close: () => abort.abort() };
}

describe("the windows' engine, as a process", () => {
  it('is one of many that start at the same instant; the others exit 3', async () => {
    const storage = await makeFolder();
    const engines = Array.from({ length: 4 }, () => startProcess(['windows', '--storage', storage]));
    const file = await waitForEngineFile(storage);
    const others = engines.filter(engine => engine.pid !== file.pid);
    expect(others).toHaveLength(3);
    expect(await Promise.all(others.map(engine => engine.ended))).toEqual([3, 3, 3]);
    expect((await fetch(`${file.url}/healthz`)).status).toBe(200);
    expect((await stat(join(storage, 'engine.json'))).mode & 0o777).toBe(0o600);
    expect(engines.map(engine => engine.stdout())).toEqual(['', '', '', '']);
  });

  it('leaves when the last window has gone: all written, nothing left behind', async () => {
    const [storage, workspace] = [await makeFolder(), await makeFolder()];
    const engine = startProcess(['windows', '--storage', storage], { SPEND_LENS_IDLE_MS: '300' });
    const file = await waitForEngineFile(storage);
    const window = await openWindow(file, 'a', workspace);
    await sleep(600);
    expect((await postUsage(window.answer, sixMills)).status).toBe(200);
    window.close();
    await sleep(50);
    // The agents of a closed window are still heard.
    expect((await postUsage(window.answer, sixMills)).status).toBe(200);
    expect(await engine.ended).toBe(0);
    expect(existsSync(join(storage, 'engine.json'))).toBe(false);
    const left = [...(await readdir(storage)), ...(await readdir(workspace))];
    expect(left.filter(name => name.includes('.sock') || name.includes('.tmp'))).toEqual([]);
    const log = await readFile(join(storage, 'engine.log'), 'utf8');
    expect(log).toContain('no window is left');
    for (const token of [file.token, window.answer.token]) {
      expect(log + engine.stderr()).not.toContain(token);
    }

    startProcess(['windows', '--storage', storage]);
    const again = await waitForEngineFile(storage);
    expect(again.port).toBe(file.port);
    expect(again.token).not.toBe(file.token);
    const back = await openWindow(again, 'b', workspace);
    expect(back.answer.token).toBe(window.answer.token);
    expect((await createClient(back.answer).summary({ period: 'today' }, [])).total.requests).toBe(2);
  });

  it('hands over when asked, without a gap in what is stored', async () => {
    const [storage, workspace] = [await makeFolder(), await makeFolder()];
    const older = startProcess(['windows', '--storage', storage]);
    const first = await waitForEngineFile(storage);
    const window = await openWindow(first, 'a', workspace);
    await postUsage(window.answer, sixMills);
    await createClient(first).shutdown();
    const newer = startProcess(['windows', '--storage', storage]);
    await window.drained;
    const second = await waitForEngineFile(storage, newer.pid);
    expect(await older.ended).toBe(0);
    const back = await openWindow(second, 'a', workspace);
    expect((await createClient(back.answer).summary({ period: 'today' }, [])).total.requests).toBe(1);
  });

  it('is followed by another when it was killed, though its file is still there', async () => {
    const [storage, workspace] = [await makeFolder(), await makeFolder()];
    const killed = startProcess(['windows', '--storage', storage]);
    const first = await waitForEngineFile(storage);
    const window = await openWindow(first, 'a', workspace);
    expect((await postUsage(window.answer, sixMills)).status).toBe(200);
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(join(storage, 'engine.json'))).toBe(true);
    const next = startProcess(['windows', '--storage', storage]);
    const second = await waitForEngineFile(storage, next.pid);
    expect(second.port).toBe(first.port);
    const back = await openWindow(second, 'a', workspace);
    expect((await createClient(back.answer).summary({ period: 'today' }, [])).total.requests).toBe(1);
  });
});
