import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient } from '../../../../src/api/client.ts';
import type { WindowRegistration } from '../../../../src/api/contract.ts';
import { type ConnectionState, EngineConnection } from '../../../../src/ui/connection/engineConnection.ts';
import { parseEngineFile } from '../../../../src/ui/connection/engineFile.ts';
import { EngineProcess } from '../../../../src/ui/connection/engineProcess.ts';

/** The real engine, as Node runs it from its source. */
const script = join(import.meta.dirname, '../../../../src/engine/main.ts');
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

type Running = Extract<ConnectionState, { kind: 'running' }>;

let folder: string;
let connections: EngineConnection[];
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spend-lens-connection-'));
  connections = [];
  lines = [];
});

afterEach(async () => {
  await Promise.all(connections.map(connection => connection.close()));
  await createProcess().stop(AbortSignal.timeout(10_000));
  await rm(folder, { recursive: true, force: true });
});

function createProcess(version = '0.0.1'): EngineProcess {
  const keep = (line: string) => void lines.push(line);
  return new EngineProcess({ storage: folder, script, version, log: { ...log, info: keep, warn: keep } });
}

function open(id: string, settings: unknown = {}, process = createProcess()): EngineConnection {
  return openAt(join(folder, 'workspaces', id), id, settings, process);
}

/** A window whose workspace has that storage folder; null for a window without a folder. */
function openAt(
  storage: string | null,
  id: string,
  settings: unknown = {},
  process = createProcess(),
): EngineConnection {
  const workspace = storage === null ? null : { storage, name: id, folders: [] };
  const registration = (): WindowRegistration => ({ workspace, settings });
  const connection = new EngineConnection({ process, windowId: id, registration, log, pauseMs: () => 50 });
  connections.push(connection);
  connection.open();
  return connection;
}

function waitFor<T extends ConnectionState>(
  connection: EngineConnection,
  is: (state: ConnectionState) => state is T,
): Promise<T>;
function waitFor(connection: EngineConnection, is: (state: ConnectionState) => boolean): Promise<ConnectionState>;
function waitFor(connection: EngineConnection, is: (state: ConnectionState) => boolean): Promise<ConnectionState> {
  return new Promise(resolve => {
    const check = (state: ConnectionState) => {
      if (is(state)) {
        subscription.dispose();
        resolve(state);
      }
    };
    const subscription = connection.onDidChange(check);
    check(connection.state);
  });
}

const isRunning = (state: ConnectionState): state is Running => state.kind === 'running';
const running = (connection: EngineConnection) => waitFor(connection, isRunning);
const spent = (usd: number) => (state: ConnectionState) => isRunning(state) && state.totals.today.cost_usd === usd;

async function post({ url, token }: { url: string; token: string }): Promise<void> {
  const response = await fetch(`${url}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500 }),
  });
  expect(response.status).toBe(200);
}

describe('a window', { timeout: 60_000 }, () => {
  test('starts an engine, and hears of a call within a second', async () => {
    const connection = open('w1');
    const { window, engine } = await running(connection);
    expect(engine.url).toBe(window.url);
    await post(window);
    const since = Date.now();
    await waitFor(connection, spent(0.006));
    expect(Date.now() - since).toBeLessThan(1000);
    const summary = await connection.ledger?.summary({ period: 'today' }, ['model']);
    expect(summary?.total.cost_usd).toBe(0.006);
    expect((await connection.ledger?.diagnostics())?.records).toBe(1);
  });

  test('shares the engine with others, each with its own ledger', async () => {
    const [first, second] = [open('w1'), open('w2')];
    const [a, b] = await Promise.all([running(first), running(second)]);
    expect(b.engine.pid).toBe(a.engine.pid);
    expect(b.window.token).not.toBe(a.window.token);
    await post(a.window);
    await waitFor(first, spent(0.006));
    expect((await second.ledger?.summary({ period: 'today' }, []))?.total.requests).toBe(0);
  });

  test('without a folder shares the machine’s ledger with others without one', async () => {
    const [first, second] = [openAt(null, 'w1'), openAt(null, 'w2')];
    const [a, b] = await Promise.all([running(first), running(second)]);
    expect(b.window).toEqual(a.window);
    await Promise.all([post(a.window), post(b.window)]);
    await Promise.all([waitFor(first, spent(0.012)), waitFor(second, spent(0.012))]);
  });

  test('that reloads into the storage folder <hash>-1 keeps its ledger', async () => {
    const hash = 'abcdef0123456789abcdef0123456789';
    const before = openAt(join(folder, 'workspaces', hash, 'spend-lens'), 'w1');
    const { engine, window } = await running(before);
    await post(window);
    // The host that goes away still holds the folder while the window is back.
    const after = openAt(join(folder, 'workspaces', `${hash}-1`, 'spend-lens'), 'w2');
    const again = await running(after);
    expect([again.engine.pid, again.window]).toEqual([engine.pid, window]);
    await before.close();
    await post(again.window);
    await waitFor(after, spent(0.012));
    expect((await after.ledger?.summary({ period: 'today' }, []))?.total.requests).toBe(2);
  });

  test('starts another engine when it dies, and has lost nothing', async () => {
    const connection = open('w1');
    const { engine, window } = await running(connection);
    await post(window);
    process.kill(engine.pid, 'SIGKILL');
    const again = await waitFor(
      connection,
      (state): state is Running => isRunning(state) && state.engine.pid !== engine.pid,
    );
    expect(again.totals.today.cost_usd).toBe(0.006);
    expect(again.window).toEqual(window);
  });

  test('restarts the engine on request', async () => {
    const connection = open('w1');
    const { engine } = await running(connection);
    await connection.restart();
    await waitFor(connection, state => isRunning(state) && state.engine.pid !== engine.pid);
  });

  test('asks an older engine to hand over', async () => {
    const { engine } = await running(open('w1'));
    const newer = open('w2', {}, createProcess('99.0.0'));
    // Ours is older than asked for as well: what matters is that the first one left.
    await waitFor(newer, () => lines.some(line => line.includes('hand over')));
    await expect.poll(() => isAlive(engine.pid), { timeout: 10_000 }).toBe(false);
  });

  test('takes part in its budget’s notices and tells the engine of new settings', async () => {
    const settings = { budget: { daily: 100 } };
    const connection = open('w1', settings);
    const { window } = await running(connection);
    const notices: (number | null)[] = [];
    connection.onDidReceiveNotice(({ id, threshold }) => {
      notices.push(threshold);
      void connection.answerNotice(id, 'shown');
    });
    await post(window);
    await waitFor(connection, spent(0.006));
    settings.budget.daily = 0.01;
    connection.refresh();
    await waitFor(connection, state => isRunning(state) && state.totals.budget.limit_usd === 0.01);
    await post(window);
    await waitFor(connection, state => isRunning(state) && state.totals.budget.state === 'exceeded');
    await expect.poll(() => notices).toEqual([100]);
  });

  test('gives up after a bounded number of tries, says why, and goes on when asked to', async () => {
    const broken = new EngineProcess({ storage: folder, script: '/nowhere/engine.js', version: '1', log });
    let process_ = broken;
    const connection = open('w1', {}, {
      findOrStart: signal => process_.findOrStart(signal),
      stop: signal => process_.stop(signal),
    } as EngineProcess);
    const stopped = await waitFor(connection, state => state.kind === 'stopped');
    expect(stopped).toMatchObject({ reason: expect.stringContaining('could not be started') });
    process_ = createProcess();
    await connection.restart();
    await running(connection);
  });

  test('leaves the engine’s list when it closes', async () => {
    const connection = open('w1');
    const { engine } = await running(connection);
    const file = parseEngineFile(await readFile(join(folder, 'engine.json'), 'utf8'));
    const admin = createClient({ url: engine.url, token: file?.token ?? '' });
    await connection.close();
    const stream = admin.events('w1', AbortSignal.timeout(5000))[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ status: 404 });
  });
});

describe('a file of an engine that is gone', { timeout: 60_000 }, () => {
  test('is not believed, even when another program answers at its address', async () => {
    const foreign = createServer((_, response) => response.end('hello'));
    await new Promise<void>(done => foreign.listen(0, '127.0.0.1', done));
    const { port } = foreign.address() as { port: number };
    const file = { port, token: 'x', pid: process.pid, version: '0.1.0', url: '' };
    await writeFile(join(folder, 'engine.json'), JSON.stringify(file));
    const { engine } = await running(open('w1'));
    expect(engine.pid).not.toBe(process.pid);
    foreign.close();
  });

  test('ends no process, even when its address is silent and its process id is used again', async () => {
    const silent = createServer(() => {});
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as { port: number };
    const file = { port, token: 'x', pid: process.pid, version: '0.1.0', url: '' };
    await writeFile(join(folder, 'engine.json'), JSON.stringify(file));
    const { engine } = await running(open('w1'));
    expect(engine.pid).not.toBe(process.pid);
    silent.closeAllConnections();
    silent.close();
  });
});

test('An engine that hangs is ended and another one started', { timeout: 60_000 }, async () => {
  const first = open('w1');
  const { engine } = await running(first);
  process.kill(engine.pid, 'SIGSTOP');
  const second = open('w2');
  const { engine: other } = await running(second);
  expect(other.pid).not.toBe(engine.pid);
  expect(isAlive(engine.pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
