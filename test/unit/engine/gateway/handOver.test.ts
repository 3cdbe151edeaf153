import { mkdir } from 'node:fs/promises';
import { request as startRequest } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ask, bearer, makeFolder } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';
import { events, startProvider } from './fakeProvider.ts';

const begin = (id: string) =>
  events({
    type: 'message_start',
    message: { id, model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 1 } },
  });
const end = events(
  { type: 'content_block_delta', delta: { type: 'text_delta', text: 'the end' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 500 } },
  { type: 'message_stop' },
);

/** A call in the middle of its answer. */
async function openCall(url: string, token: string): Promise<{ whole: Promise<string> }> {
  const { hostname, port } = new URL(url);
  const path = '/gateway/anthropic/v1/messages';
  return new Promise((resolve, reject) => {
    const sent = startRequest({ hostname, port, path, method: 'POST', headers: { 'x-spend-lens-token': token } });
    sent.on('error', reject);
    sent.on('response', answer => {
      let text = '';
      const whole = new Promise<string>((resolveWhole, rejectWhole) => {
        answer.on('end', () => resolveWhole(text));
        answer.on('error', rejectWhole);
      });
      whole.catch(() => {});
      answer.on('data', chunk => {
        text += chunk;
        resolve({ whole });
      });
    });
    sent.end('{"model":"claude-sonnet-4-5"}');
  });
}

describe('a call that outlasts its engine', () => {
  it('goes on when another engine takes over, and is counted there', async () => {
    const finish: (() => void)[] = [];
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(begin(`msg_${finish.length}`));
      finish.push(() => response.end(end));
    });
    const settings = { gateway: { upstreams: { anthropic: provider.url } } };
    const workspace = join(await makeFolder(), '0123456789abcdef0123456789abcdef');
    await mkdir(workspace);
    const storage = await makeFolder();
    const first = await startWindowMode({ storage });
    const { answer } = await first.openWindow('w1', {
      workspace: { storage: workspace, name: 'shop', folders: [] },
      settings,
    });
    await first.openWindow('w2', { workspace: null, settings });
    const inMachine = await openCall(first.url, first.adminToken);
    const inWorkspace = await openCall(first.url, answer.token);
    expect(provider.seen).toHaveLength(2);

    const from = performance.now();
    await first.admin.shutdown();
    // The successor does not wait for the calls.
    const second = await startWindowMode({ storage });
    expect(performance.now() - from).toBeLessThan(5 * 2000);
    await second.openWindow('w2', { workspace: null, settings });
    let hasLeft = false;
    first.engine.left.then(() => {
      hasLeft = true;
    });
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(hasLeft).toBe(false);

    for (const run of finish) {
      run();
    }
    expect(await inMachine.whole).toContain('the end');
    expect(await inWorkspace.whole).toContain('the end');
    expect(await first.engine.left).toBe(true);
    // Nobody has the workspace's ledger open, and the successor has the machine's.
    const database = new DatabaseSync(join(workspace, 'usage.sqlite'), { readOnly: true });
    const row = 'SELECT model, prompt_tokens, completion_tokens, cost_basis, signal FROM token_usage';
    const counted = {
      model: 'claude-sonnet-4-5',
      prompt_tokens: 1000,
      completion_tokens: 500,
      cost_basis: 'priced',
      signal: 'gateway',
    };
    expect(database.prepare(row).all()).toEqual([counted]);
    database.close();
    const { json } = await ask(second.url, '/v1/records', { headers: bearer(second.adminToken) });
    expect(json.records).toMatchObject([counted]);
  }, 60_000);

  it('is cut when the engine is told again to leave', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(begin('msg_1'));
    });
    const { engine, url, adminToken, admin, openWindow, storage } = await startWindowMode();
    await openWindow('w1', { workspace: null, settings: { gateway: { upstreams: { anthropic: provider.url } } } });
    const { whole } = await openCall(url, adminToken);
    await admin.shutdown();
    await new Promise(resolve => setTimeout(resolve, 500));
    engine.stop('SIGTERM');
    await expect(whole).rejects.toThrow(/aborted/);
    expect(await engine.left).toBe(true);
    const database = new DatabaseSync(join(storage, 'machine', 'usage.sqlite'), { readOnly: true });
    expect(database.prepare('SELECT prompt_tokens, cost_basis FROM token_usage').all()).toEqual([
      { prompt_tokens: 1000, cost_basis: 'estimated' },
    ]);
    database.close();
  }, 60_000);

  it.each([
    'null',
    '{"records":[{}],"failed":[]}',
    '{"records":[{"ids":["a"],"timestamp":1,"signal":"usage","completeness":"complete","tokens":{}}],"failed":[]}',
    '{"records":[{"ids":["a"],"timestamp":1,"signal":"gateway","completeness":"complete","tokens":{"input":-1}}],"failed":[]}',
  ])('is told by engines only in their form: %s', async body => {
    const { url, adminToken } = await startWindowMode();
    expect((await ask(url, '/v1/late', { headers: bearer(adminToken), body })).status).toBe(400);
  });
});
