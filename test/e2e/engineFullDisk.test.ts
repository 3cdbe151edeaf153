import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import type { EngineState } from '../../src/api/contract.ts';
import { postUsage, readSummary, startProcess } from './engineProcess.ts';
import { mountSmallDisk, smallDiskObstacle } from './smallDisk.ts';

const sixMills = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };

async function prepare(ctx: TestContext, size: string) {
  const obstacle = smallDiskObstacle();
  if (obstacle !== null) {
    ctx.skip(obstacle);
  }
  const folder = await mkdtemp(join(tmpdir(), 'sl-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return mountSmallDisk(folder, size);
}

/** The states of the engine as its stream tells them. */
function followEngine(at: { url: string; token: string }): EngineState[] {
  const states: EngineState[] = [];
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  (async () => {
    for await (const event of createClient(at).events(null, abort.signal)) {
      if (event.name === 'engine') {
        states.push(event.data);
      }
    }
  })().catch(() => {});
  return states;
}

describe('an engine on a disk that gets full', () => {
  it('refuses with 507, keeps serving reads, tells once, and recovers when there is room', async ctx => {
    const disk = await prepare(ctx, '3m');
    const engine = startProcess(['--storage', disk.path, '--port', '0'], {}, disk.prefix);
    const at = await engine.greeting;
    const states = followEngine(at);
    let acknowledged = 0;
    const post = async () => {
      const answer = await postUsage(at, sixMills);
      acknowledged += answer.status === 200 ? 1 : 0;
      return answer;
    };
    for (let n = 0; n < 20; n++) {
      expect((await post()).status).toBe(200);
    }
    await disk.fill();
    // What fits into the last block is still taken.
    let refused = await post();
    for (let n = 0; n < 100 && refused.status === 200; n++) {
      refused = await post();
    }
    expect(refused).toMatchObject({ status: 507, json: { status: 507, title: 'Insufficient Storage' } });
    expect(refused.json.detail).toContain('nothing was stored');
    for (let n = 0; n < 10; n++) {
      expect((await post()).status).toBe(507);
      expect((await readSummary(at)).total.requests).toBe(acknowledged);
    }
    // Longer than it takes until a snapshot is tried, and fails.
    await new Promise(resolve => setTimeout(resolve, 1500));
    expect((await readSummary(at)).total.requests).toBe(acknowledged);
    expect(states.map(({ warnings }) => warnings)).toEqual([
      [],
      [`Usage can't be stored in ${disk.path}: the disk is full (ENOSPC).`],
    ]);

    await disk.free();
    expect((await post()).status).toBe(200);
    await expect.poll(() => states.at(-1)?.warnings).toEqual([]);
    expect(states).toHaveLength(3);
    engine.process.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    const copy = `${disk.path}/usage.sqlite`;
    await copyFile(join(disk.seenFrom, 'usage.sqlite'), copy);
    const database = new DatabaseSync(copy, { readOnly: true });
    expect(database.prepare('SELECT count(*) AS count FROM token_usage').get()).toEqual({ count: acknowledged });
    database.close();
  });

  it('loses nothing when it is stopped or killed meanwhile, and starts on the full disk', async ctx => {
    const disk = await prepare(ctx, '3m');
    let acknowledged = 0;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const engine = startProcess(['--storage', disk.path, '--port', '0'], {}, disk.prefix);
      const at = await engine.greeting;
      expect((await readSummary(at)).total.requests).toBe(acknowledged);
      for (let status = 200; status === 200; ) {
        ({ status } = await postUsage(at, [sixMills, sixMills, sixMills]));
        acknowledged += status === 200 ? 3 : 0;
        if (acknowledged === 9) {
          await disk.fill();
        }
      }
      engine.process.kill(signal);
      // Not everything could be written: the journal has it.
      expect(await engine.ended).toBe(signal === 'SIGTERM' ? 1 : 'SIGKILL');
    }
    const engine = startProcess(['--storage', disk.path, '--port', '0'], {}, disk.prefix);
    const at = await engine.greeting;
    expect((await readSummary(at)).total.requests).toBe(acknowledged);
    await disk.free();
    expect((await postUsage(at, sixMills)).status).toBe(200);
    engine.process.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  });
});
