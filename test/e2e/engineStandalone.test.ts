import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder, postUsage, readSummary, startProcess } from './engineProcess.ts';

const sixMills = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };

/** Rows and their cost as another SQLite program reads them. */
function readDatabase(storage: string) {
  const database = new DatabaseSync(join(storage, 'usage.sqlite'), { readOnly: true });
  try {
    return database.prepare('SELECT count(*) AS count, sum(cost_nano_usd) AS cost FROM token_usage').get();
  } finally {
    database.close();
  }
}

describe('the engine alone, as a process', () => {
  it('prints one line of JSON, and keeps its token and port', async () => {
    const storage = join(await makeFolder(), 'new/folder');
    const first = startProcess(['--storage', storage]);
    const greeting = await first.greeting;
    expect(Object.keys(greeting)).toEqual(['url', 'token', 'storage']);
    expect(greeting.storage).toBe(storage);
    expect(first.stdout().split('\n')).toHaveLength(2);
    expect((await fetch(`${greeting.url}/healthz`)).status).toBe(200);
    for (const file of ['token', 'port']) {
      expect((await stat(join(storage, file))).mode & 0o777).toBe(0o600);
    }
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const second = startProcess(['--storage', storage]);
    expect(await second.greeting).toEqual(greeting);
    expect(second.stderr()).not.toContain(greeting.token);
  });

  it.each(['SIGTERM', 'SIGINT', 'shutdown'] as const)('writes everything and exits 0 on %s', async how => {
    const storage = await makeFolder();
    const engine = startProcess(['--storage', storage, '--port', '0'], { SPEND_LENS_TOKEN: 'from-the-environment' });
    const { url, token } = await engine.greeting;
    expect(token).toBe('from-the-environment');
    expect(
      (
        await postUsage(
          { url, token },
          Array.from({ length: 50 }, () => sixMills),
        )
      ).json.accepted,
    ).toBe(50);
    if (how === 'shutdown') {
      const answer = await fetch(`${url}/v1/shutdown`, { method: 'POST', headers: { 'x-spend-lens-token': token } });
      expect(answer.status).toBe(202);
    } else {
      engine.process.kill(how);
    }
    expect(await engine.ended).toBe(0);
    expect(readDatabase(storage)).toEqual({ count: 50, cost: 300_000_000 });
    expect((await readdir(storage)).filter(name => name.includes('.sock'))).toEqual([]);
  });

  it('finishes what is under way when it is told to stop', async () => {
    const storage = await makeFolder();
    const engine = startProcess(['--storage', storage, '--port', '0']);
    const at = await engine.greeting;
    const posts = Array.from({ length: 40 }, () => postUsage(at, sixMills).catch(() => null));
    await Promise.race(posts);
    engine.process.kill('SIGTERM');
    engine.process.kill('SIGTERM');
    const acknowledged = (await Promise.all(posts)).filter(answer => answer?.status === 200).length;
    expect(await engine.ended).toBe(0);
    expect(readDatabase(storage)).toMatchObject({ count: acknowledged });
  });

  it('loses nothing that it acknowledged when it is killed', async () => {
    const storage = await makeFolder();
    let acknowledged = 0;
    for (let round = 0; round < 3; round++) {
      const engine = startProcess(['--storage', storage]);
      const at = await engine.greeting;
      const posts = Array.from({ length: 20 }, async () => {
        const answer = await postUsage(at, [sixMills, sixMills]).catch(() => null);
        acknowledged += answer?.json.accepted ?? 0;
        return answer;
      });
      await Promise.race(posts);
      engine.process.kill('SIGKILL');
      expect(await engine.ended).toBe('SIGKILL');
      await Promise.all(posts);
    }
    const engine = startProcess(['--storage', storage]);
    const summary = await readSummary(await engine.greeting);
    expect(summary.total.requests).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(0);
    engine.process.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    expect(readDatabase(storage)).toMatchObject({ count: summary.total.requests });
  });

  it('exits 3 when a live engine owns the folder, and takes it over from a killed one', async () => {
    const storage = await makeFolder();
    const owner = startProcess(['--storage', storage]);
    await owner.greeting;
    const second = startProcess(['--storage', join(storage, '.'), '--port', '0']);
    expect(await second.ended).toBe(3);
    expect(second.stdout()).toBe('');
    expect(second.stderr()).toContain(`in use by another engine (process ${owner.pid})`);
    owner.process.kill('SIGKILL');
    await owner.ended;
    await startProcess(['--storage', storage]).greeting;
  });

  it('follows an engine that is leaving', async () => {
    const storage = await makeFolder();
    const owner = startProcess(['--storage', storage]);
    await postUsage(await owner.greeting, sixMills);
    owner.process.kill('SIGTERM');
    const next = startProcess(['--storage', storage]);
    const summary = await readSummary(await next.greeting);
    expect(summary.total.requests).toBe(1);
  });

  it('takes another port when a foreign program holds the stored one, and tries that again next time', async () => {
    const storage = await makeFolder();
    const foreign = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => foreign.once('listening', resolve));
    onTestFinished(() => void foreign.close());
    const { port } = foreign.address() as { port: number };
    await writeFile(join(storage, 'port'), `${port}\n`);
    const first = startProcess(['--storage', storage]);
    expect((await first.greeting).url).not.toContain(`:${port}`);
    expect(first.stderr()).toContain(`Port ${port} is in use by another program`);
    first.process.kill('SIGTERM');
    await first.ended;

    const explicit = startProcess(['--storage', storage, '--port', String(port)]);
    expect(await explicit.ended).toBe(1);
    expect(explicit.stderr()).toContain(`Port ${port} is in use by another program. Choose another --port`);

    await new Promise(resolve => foreign.close(resolve));
    expect((await startProcess(['--storage', storage]).greeting).url).toBe(`http://127.0.0.1:${port}`);
  });

  it('exits 2 with its usage on arguments it does not know', async () => {
    for (const args of [[], ['--storage'], ['--storage', 'x', '--colour'], ['serve']]) {
      const engine = startProcess(args);
      expect(await engine.ended).toBe(2);
      expect(engine.stderr()).toContain('Usage:');
      expect(engine.stdout()).toBe('');
    }
    const help = startProcess(['--help']);
    expect(await help.ended).toBe(0);
    expect(help.stdout()).toContain('Usage:');
  });

  it('exits 1 with a sentence when the folder can not be one', async () => {
    const file = join(await makeFolder(), 'file');
    await writeFile(file, '');
    const engine = startProcess(['--storage', file]);
    expect(await engine.ended).toBe(1);
    expect(engine.stderr()).toMatch(/error .*file/);
  });

  it('reads its settings again when they change, and keeps the last good ones', async () => {
    const folder = await makeFolder();
    const settings = join(folder, 'settings.json');
    await writeFile(settings, '{"budget":{"daily":0.01}}');
    const storage = join(folder, 'ledger');
    await mkdir(storage);
    const engine = startProcess(['--storage', storage, '--port', '0', '--settings', settings]);
    const at = await engine.greeting;
    const limit = async () => (await postUsage(at, sixMills)).json.budget.limit_usd;
    expect(await limit()).toBe(0.01);
    const until = async (holds: () => Promise<boolean> | boolean) => {
      for (let n = 0; n < 200 && !(await holds()); n++) {
        await sleep(25);
      }
      expect(await holds()).toBe(true);
    };
    await writeFile(settings, 'not JSON');
    await until(() => engine.stderr().includes('last good settings'));
    expect(await limit()).toBe(0.01);
    await writeFile(settings, '{"budget":{"daily":7}}');
    await until(async () => (await limit()) === 7);
  });

  it('goes on when whoever started it stops listening to it', async () => {
    const storage = await makeFolder();
    const settings = join(storage, 'settings.json');
    await writeFile(settings, '{}');
    const engine = startProcess(['--storage', storage, '--port', '0', '--settings', settings]);
    const at = await engine.greeting;
    engine.process.stdout?.destroy();
    engine.process.stderr?.destroy();
    await writeFile(settings, 'not JSON, which it says on stderr');
    await sleep(700);
    expect((await postUsage(at, sixMills)).status).toBe(200);
    expect(await readFile(join(storage, 'port'), 'utf8').catch(() => null)).toBeNull();
  });

  it('ends connections that send nothing, or headers without end', async () => {
    const engine = startProcess(['--storage', await makeFolder(), '--port', '0']);
    const { port } = new URL((await engine.greeting).url);
    const dawdle = (head: string, line: string) =>
      new Promise<string>(resolve => {
        let heard = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(head));
        const drip = setInterval(() => socket.write(line), 500);
        socket.on('data', chunk => {
          heard += chunk;
        });
        socket.on('error', () => {});
        socket.on('close', () => {
          clearInterval(drip);
          resolve(heard);
        });
      });
    const began = performance.now();
    const heard = await Promise.all([
      dawdle('', ''),
      dawdle('GET /healthz HTTP/1.1\r\nHost: localhost\r\n', 'X: y\r\n'),
    ]);
    expect(performance.now() - began).toBeLessThan(30_000);
    for (const text of heard) {
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
    }
  });
});
