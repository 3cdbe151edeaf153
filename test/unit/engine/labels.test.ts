import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../src/core/usageRecord.ts';
import { ask, bearer, makeFolder, type Started, sixMills, startEngine } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const labels = { team: 'core', project: 'shop', user: 'ann' };

async function startLabelled(): Promise<Started & { readonly settings: string }> {
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, JSON.stringify({ labels }));
  return { ...(await startEngine({ settings })), settings };
}

const post = ({ url, token }: Pick<Started, 'url' | 'token'>, body: unknown, headers = {}) =>
  ask(url, '/v1/usage', { headers: { ...bearer(token), ...headers }, body: JSON.stringify(body) });

async function groups({ url, token }: Pick<Started, 'url' | 'token'>) {
  const { json } = await ask(url, '/v1/summary?group_by=team,project,user_id', { headers: bearer(token) });
  return json.groups.map((group: { key: object; requests: number }) => [
    Object.values(group.key).join(' '),
    group.requests,
  ]);
}

describe('the labels of the settings', () => {
  it('fill what a call does not say, and never what it says', async () => {
    const engine = await startLabelled();
    await post(engine, [
      sixMills,
      { ...sixMills, team: 'web' },
      { ...sixMills, project: 'x', user_id: 'bob', team: 'web' },
    ]);
    await post(engine, sixMills, { 'x-spend-lens-user': 'eve' });
    const span = {
      name: 'chat',
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now()}000000`,
      traceId: '0123456789abcdef0123456789abcdef',
      spanId: '0123456789abcdef',
      attributes: Object.entries({
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4.1',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
      }).map(([key, value]) => ({
        key,
        value: typeof value === 'string' ? { stringValue: value } : { intValue: value },
      })),
    };
    const answer = await ask(engine.url, '/v1/traces', {
      headers: { ...bearer(engine.token), 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    expect(answer.json).toEqual({});
    expect((await groups(engine)).sort()).toEqual([
      ['core shop ann', 2],
      ['core shop eve', 1],
      ['web shop ann', 1],
      ['web x bob', 1],
    ]);
  });

  it('give way to what a later report of the same call says', async () => {
    const engine = await startLabelled();
    await post(engine, { ...sixMills, request_id: 'r' });
    expect(await groups(engine)).toEqual([['core shop ann', 1]]);
    await post(engine, { ...sixMills, request_id: 'r', project: 'site' });
    expect(await groups(engine)).toEqual([['core site ann', 1]]);
    await post(engine, { ...sixMills, request_id: 'r' });
    expect(await groups(engine)).toEqual([['core site ann', 1]]);
  });

  it('hold from the moment they change, and are in the database', async () => {
    const engine = await startLabelled();
    const [live] = engine.engine.ledgers();
    await post(engine, { ...sixMills, request_id: 'r' });
    await writeFile(engine.settings, JSON.stringify({ labels: { team: 'infra' } }));
    await expect.poll(() => live?.settings.labels).toEqual({ team: 'infra' });
    await post(engine, { ...sixMills, request_id: 's' });
    await writeFile(engine.settings, JSON.stringify({ labels: { project: 'late' } }));
    await expect.poll(() => live?.settings.labels).toEqual({ project: 'late' });
    // Repeats of old calls move nothing.
    await post(engine, [
      { ...sixMills, request_id: 'r' },
      { ...sixMills, request_id: 's' },
    ]);
    expect(await groups(engine)).toEqual(
      expect.arrayContaining([
        ['core shop ann', 1],
        ['infra  ', 1],
      ]),
    );
  });

  it('are those of the window, for failed calls too', async () => {
    const { url, admin, engine } = await startWindowMode();
    const workspace = { storage: await makeFolder(), name: 'w', folders: [] };
    const { token } = await admin.registerWindow('w', { workspace, settings: { labels } });
    await post({ url, token }, sixMills);
    expect(await groups({ url, token })).toEqual([['core shop ann', 1]]);
    const live = engine.ledgers().find(each => each.token.fits(token));
    const failed = { ...emptyRecord, timestamp: Date.now(), status: 500, error: null, team: 'web' };
    await live?.ledger.failed.append([failed]);
    const [group] = live?.ledger.failed.group({ fromMs: 0, toMs: Date.now() + 1 }, ['team', 'project'], 'UTC') ?? [];
    expect(group?.key).toEqual({ team: 'web', project: 'shop' });
  });
});
