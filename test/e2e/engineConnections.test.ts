import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeFolder, postUsage, readSummary } from './engineProcess.ts';
import { openConnection, type Running, readEnginePid, type WindowConnection } from './openConnection.ts';

const sixMills = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };
const hash = 'abcdef0123456789abcdef0123456789';

/** A copy of the extension's bundles that calls itself another version. */
async function installVersion(version: string): Promise<string> {
  const folder = join(await makeFolder(), 'dist');
  await cp(join(import.meta.dirname, '../../dist'), folder, { recursive: true });
  const script = join(folder, 'engine.js');
  const text = await readFile(script, 'utf8');
  const renamed = text.replace(/version:\s*"0\.1\.0"/g, `version:"${version}"`);
  expect(renamed).not.toBe(text);
  await writeFile(script, renamed);
  return folder;
}

/** Nothing that a user would see as an error. */
function expectCalm(...windows: readonly WindowConnection[]): void {
  for (const { states, log } of windows) {
    expect(states.filter(({ kind }) => kind === 'stopped')).toEqual([]);
    expect(log.filter(line => line.startsWith('error'))).toEqual([]);
    expect(states.flatMap(state => (state.kind === 'running' ? state.engine.warnings : []))).toEqual([]);
  }
}

/** Exactly one process owns a folder: the engine of these windows. */
async function expectOneEngine(storage: string, ...states: readonly Running[]): Promise<number> {
  const pids = new Set(states.map(({ engine }) => engine.pid));
  expect([...pids]).toEqual([await readEnginePid(storage)]);
  await expect
    .poll(async () => (await readdir(storage)).filter(name => name.endsWith('.sock')).length, { timeout: 5000 })
    .toBe(1);
  return [...pids][0] ?? 0;
}

/** Posts calls with ids until told to stop, and again those that nobody acknowledged. */
function keepPosting(window: WindowConnection) {
  let isStopped = false;
  let acknowledged = 0;
  const done = (async () => {
    while (!isStopped) {
      const body = { ...sixMills, request_id: `r${acknowledged}-${Math.random()}` };
      for (let isStored = false; !isStored; await sleep(5)) {
        const { state } = window.connection;
        if (state.kind === 'running') {
          isStored = await postUsage(state.window, body).then(
            ({ status }) => status === 200,
            () => false,
          );
        }
      }
      acknowledged += 1;
    }
  })();
  return async () => {
    isStopped = true;
    await done;
    return acknowledged;
  };
}

const requests = async ({ window }: Running): Promise<number> => (await readSummary(window)).total.requests;

describe('windows and their engine', () => {
  it('two on two workspaces and two on none share one engine; each folder has its ledger', async () => {
    const [storage, a, b] = [await makeFolder(), await makeFolder(), await makeFolder()];
    const windows = [a, b, null, null].map(workspace => openConnection({ storage, workspace }));
    const states = await Promise.all(windows.map(window => window.running()));
    await expectOneEngine(storage, ...states);
    expect(states.map(({ window }) => window.storage)).toEqual([
      a,
      b,
      join(storage, 'machine'),
      join(storage, 'machine'),
    ]);
    await Promise.all(states.map(({ window }) => postUsage(window, sixMills)));
    const [first, second, third, fourth] = windows;
    await first?.running(({ totals }) => totals.today.requests === 1);
    await second?.running(({ totals }) => totals.today.requests === 1);
    await third?.running(({ totals }) => totals.today.requests === 2);
    await fourth?.running(({ totals }) => totals.today.requests === 2 && totals.machine?.today.requests === 4);
    expectCalm(...windows);
  });

  it('a reload that is given the folder <hash>-1 keeps its ledger', async () => {
    const [storage, root] = [await makeFolder(), await makeFolder()];
    const place = (name: string) => join(root, name, 'spend-lens');
    await mkdir(place(hash), { recursive: true });
    await mkdir(place(`${hash}-1`), { recursive: true });
    const before = openConnection({ storage, workspace: place(hash) });
    await postUsage((await before.running()).window, { ...sixMills, request_id: 'r1' });
    const after = openConnection({ storage, workspace: place(`${hash}-1`) });
    const state = await after.running();
    await before.close();
    await postUsage(state.window, [{ ...sixMills, request_id: 'r1' }, sixMills]);
    expect(state.window.storage).toBe(place(hash));
    expect(await requests(state)).toBe(2);
    expect(await readdir(place(`${hash}-1`))).toEqual([]);
    expectCalm(before, after);
  });

  it('that start at the same instant end up with one engine, every time', async () => {
    for (let round = 0; round < 8; round++) {
      const [storage, workspace] = [await makeFolder(), await makeFolder()];
      const windows = [workspace, workspace, null].map(each => openConnection({ storage, workspace: each }));
      const states = await Promise.all(windows.map(window => window.running()));
      const pid = await expectOneEngine(storage, ...states);
      expectCalm(...windows);
      await Promise.all(windows.map(window => window.close()));
      process.kill(pid, 'SIGKILL');
    }
  });

  it('go on after their engine was killed, with one new engine and every call', async () => {
    const [storage, workspace] = [await makeFolder(), await makeFolder()];
    const windows = [openConnection({ storage, workspace }), openConnection({ storage, workspace })];
    await Promise.all(windows.map(window => window.running()));
    const stops = windows.map(keepPosting);
    for (let kill = 0; kill < 3; kill++) {
      await sleep(200);
      const pid = (await readEnginePid(storage)) ?? 0;
      process.kill(pid, 'SIGKILL');
      await Promise.all(windows.map(window => window.running(({ engine }) => engine.pid !== pid)));
    }
    const acknowledged = (await Promise.all(stops.map(stop => stop()))).reduce((sum, count) => sum + count, 0);
    const states = await Promise.all(windows.map(window => window.running()));
    await expectOneEngine(storage, ...states);
    expect(await requests(states[0] as Running)).toBe(acknowledged);
    expectCalm(...windows);
  });

  it('move to the engine of a newer window, without losing or doubling a call', async () => {
    const [storage, workspace] = [await makeFolder(), await makeFolder()];
    const older = openConnection({ storage, workspace });
    const { engine } = await older.running();
    const stop = keepPosting(older);
    await sleep(200);
    const newer = openConnection({ storage, workspace, version: '99.0.0', dist: await installVersion('99.0.0') });
    const state = await newer.running();
    expect(state.engine.version).toBe('99.0.0');
    const moved = await older.running(({ engine: { pid } }) => pid !== engine.pid);
    await sleep(200);
    const acknowledged = await stop();
    await expectOneEngine(storage, state, moved);
    expect(await requests(state)).toBe(acknowledged);
    expectCalm(older, newer);
  });

  it('end an engine that hangs, and go on with another', async () => {
    const [storage, workspace] = [await makeFolder(), await makeFolder()];
    const first = openConnection({ storage, workspace });
    const { engine, window } = await first.running();
    expect((await postUsage(window, sixMills)).status).toBe(200);
    process.kill(engine.pid, 'SIGSTOP');
    const second = openConnection({ storage, workspace });
    const state = await second.running();
    const moved = await first.running(now => now.engine.pid !== engine.pid);
    await expectOneEngine(storage, state, moved);
    expect(await requests(state)).toBe(1);
    expectCalm(first, second);
  });
});
