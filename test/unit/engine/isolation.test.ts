import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { windowModeRoutes } from '../../../src/engine/routes/routes.ts';
import { ask, bearer, makeFolder } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const register = async (admin: Awaited<ReturnType<typeof startWindowMode>>['admin'], id: string) => {
  const workspace = { storage: await makeFolder(), name: id, folders: [] };
  return admin.registerWindow(id, { workspace, settings: {} });
};

it('lets the token of one workspace read nothing of another, by any route', { timeout: 60_000 }, async () => {
  const { url, admin, adminToken } = await startWindowMode();
  const [own, other] = [await register(admin, 'own'), await register(admin, 'other')];
  const secret = 'known-to-the-other-only';
  const record = {
    model: secret,
    session_id: secret,
    team: secret,
    project: secret,
    agent: secret,
    request_id: secret,
  };
  const stored = await ask(url, '/v1/usage', {
    headers: bearer(other.token),
    body: JSON.stringify({ ...record, input_tokens: 1, output_tokens: 1, cost_usd: 77.125 }),
  });
  const { id } = stored.json.records[0];
  const empty = await makeFolder();
  const queries = [
    '',
    '?scope=machine',
    '?window=other',
    '?group_by=model,session_id&period=30d',
    '?from=2020-01-01&limit=1000',
  ];
  let tried = 0;
  for (const { method, path } of windowModeRoutes) {
    for (const query of queries) {
      const target = path.replace(/:\w+/, path.startsWith('/v1/windows') ? 'other' : id).replace('*', 'nobody/v1');
      const body = ['POST', 'PUT', 'ANY'].includes(method)
        ? JSON.stringify({ home: empty, session_id: secret, dry_run: true })
        : undefined;
      // Streams don't end by themselves; their first event is enough.
      const answer = await Promise.race([
        fetch(`${url}${target}${query}`, {
          method: method === 'ANY' ? 'POST' : method,
          headers: bearer(own.token),
          ...(body === undefined ? {} : { body }),
        }).then(async response => readStart(response)),
      ]);
      expect(answer, `${method} ${path}${query}`).not.toContain(secret);
      expect(answer, `${method} ${path}${query}`).not.toContain('77.125');
      tried += 1;
    }
  }
  expect(tried).toBe(windowModeRoutes.length * queries.length);
  // It is all still there, for who may.
  const machine = await ask(url, '/v1/summary?scope=machine&group_by=model', { headers: bearer(adminToken) });
  expect(machine.text).toContain(secret);
});

/** What comes first of an answer: all of it, or of a stream what comes within 100 ms. */
async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (const until = Date.now() + 100; reader && Date.now() < until; ) {
    const late = new Promise<null>(resolve => setTimeout(resolve, 100, null));
    const piece = await Promise.race([reader.read(), late]);
    if (piece === null || piece.done) {
      break;
    }
    text += decoder.decode(piece.value, { stream: true });
  }
  await reader?.cancel();
  return text;
}

it.skipIf(process.platform === 'win32')(
  'keeps every file and folder for the user alone',
  { timeout: 40_000 },
  async () => {
    const { url, storage, admin, adminToken } = await startWindowMode({ storage: join(await makeFolder(), 'global') });
    const workspace = join(await makeFolder(), 'deep', 'workspace');
    const { token } = await admin.registerWindow('w', {
      workspace: { storage: workspace, name: 'w', folders: [] },
      settings: {},
    });
    const body = JSON.stringify({ model: 'gpt-4.1', input_tokens: 1, output_tokens: 1, session_id: 's' });
    await ask(url, '/v1/usage', { headers: bearer(token), body });
    await ask(url, '/metrics', { headers: bearer(adminToken) });
    await ask(url, '/metrics', { headers: bearer(token) });
    await ask(url, '/v1/delete', { headers: bearer(token), body: '{"session_id":"s"}' });
    await expect.poll(() => readdir(workspace), { timeout: 15_000 }).toContain('usage.sqlite');
    let files = 0;
    for (const folder of [storage, workspace]) {
      expect((await stat(folder)).mode & 0o077).toBe(0);
      for (const name of await readdir(folder, { recursive: true })) {
        const found = await stat(join(folder, name)).catch(() => null);
        // Connecting to a socket takes the right to write.
        const others = found?.isSocket() ? 0o022 : 0o077;
        expect((found?.mode ?? 0) & others, name).toBe(0);
        files += 1;
      }
    }
    expect(files).toBeGreaterThan(10);
  },
);
