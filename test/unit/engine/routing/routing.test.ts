import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LiveLedger } from '../../../../src/engine/ledgers/liveLedger.ts';
import { findSessionFolder } from '../../../../src/engine/routing/findSessionFolder.ts';
import { createFolderLedgers } from '../../../../src/engine/routing/folderLedgers.ts';
import { withFolder } from '../../../../src/engine/routing/folderNames.ts';
import { openSessionFolders } from '../../../../src/engine/routing/sessionFolders.ts';
import { spans } from '../../capture/otlp/telemetry.ts';
import { makeRecord } from '../../ledger/makeLedger.ts';
import { claudeLine, codexLines, session, write } from '../import/makeHome.ts';
import { ask, bearer, makeFolder } from '../startEngine.ts';
import { startWindowMode, type WindowMode } from '../startWindowMode.ts';

const workspace = (storage: string, folders: string[]) => ({
  workspace: { storage, name: 'demo', folders },
  settings: { budget: { daily: 0 } },
});

async function start(home: string, storage?: string): Promise<WindowMode> {
  const env = { HOME: home, USERPROFILE: home, SPEND_LENS_FOLLOW_AFTER_MS: '0' };
  return startWindowMode({ env, ...(storage === undefined ? {} : { storage }) });
}

async function count(mode: WindowMode, query: string): Promise<number> {
  const path = `/v1/summary?from=2026-11-01&to=2027-12-31${query}`;
  return (await ask(mode.url, path, { headers: bearer(mode.adminToken) })).json.total.requests;
}

/** Telemetry of Codex, as it comes by the machine's token: a session, counts and a time, and no id of the call. */
async function sendLog(mode: WindowMode, conversation: string, output: number, at = '2026-11-21T22:00:05.000Z') {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const attributes = [
    text('event.name', 'codex.sse_event'),
    text('event.kind', 'response.completed'),
    text('event.timestamp', at),
    text('input_token_count', String(output * 10)),
    text('output_token_count', String(output)),
    text('conversation.id', conversation),
    text('model', 'gpt-5.5'),
  ];
  const logRecords = [{ timeUnixNano: String(Date.parse(at) * 1e6), body: null, attributes }];
  const scopeLogs = [{ scope: { name: 'codex_otel.log_only' }, logRecords }];
  const body = JSON.stringify({ resourceLogs: [{ resource: { attributes: [] }, scopeLogs }] });
  const token = await readFile(join(mode.storage, 'machine/token'), 'utf8');
  const headers = { ...bearer(token.trim()), 'content-type': 'application/json' };
  expect((await ask(mode.url, '/v1/logs', { headers, body })).status).toBe(200);
}

const thread = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001';
const rollout = `.codex/sessions/2026/11/21/rollout-2026-11-21T22-00-00-${thread}.jsonl`;

describe('what comes by the machine’s token', () => {
  it('goes to the workspace that its session works in, by the head of its transcript', async () => {
    const home = await makeFolder();
    await write(home, rollout, codexLines(thread, []));
    const mode = await start(home);
    await mode.openWindow('w1', workspace(await makeFolder(), ['/home/dev/demo']));
    await sendLog(mode, thread, 50);
    await sendLog(mode, 'another-session-nobody-knows', 60);
    expect([await count(mode, '&window=w1'), await count(mode, '')]).toEqual([1, 1]);
  });

  it('goes to the workspace in whose storage VS Code keeps the chat', async () => {
    const home = await makeFolder();
    const storage = join(home, '.config/Code/User/workspaceStorage/0f1e');
    await write(home, '.config/Code/User/workspaceStorage/0f1e/chatSessions/5f0c7d7e-1111.jsonl', '{"kind":0}\n');
    const mode = await start(home);
    await mode.openWindow('w1', workspace(join(storage, 'spend-lens.spend-lens'), ['/home/dev/demo']));
    const span = (chat: string) =>
      spans(
        {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-5.5',
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.output_tokens': 10,
          'gen_ai.response.id': `answer-${chat}`,
          'copilot_chat.chat_session_id': chat,
        },
        { scope: 'copilot-chat', resource: { 'service.name': 'copilot-chat' } },
      );
    const token = await readFile(join(mode.storage, 'machine/token'), 'utf8');
    const headers = { ...bearer(token.trim()), 'content-type': 'application/json' };
    for (const chat of ['5f0c7d7e-1111', '6f0c7d7e-2222']) {
      expect((await ask(mode.url, '/v1/traces', { headers, body: JSON.stringify(span(chat)) })).status).toBe(200);
    }
    expect([await count(mode, '&window=w1'), await count(mode, '')]).toEqual([1, 1]);
  });

  it('is not looked for in the files of an agent that must not be read', async () => {
    const home = await makeFolder();
    await write(home, rollout, codexLines(thread, []));
    const mode = await start(home);
    const { workspace: place, settings } = workspace(await makeFolder(), ['/home/dev/demo']);
    const unread = { transcripts: { watch: { codex: false } } };
    await mode.openWindow('w1', { workspace: place, settings: { ...settings, ...unread } });
    await sendLog(mode, thread, 50);
    expect([await count(mode, '&window=w1'), await count(mode, '')]).toEqual([0, 1]);
  });

  it('goes where a record or a hook said that the session works, also after a restart', async () => {
    const [home, storage, folder] = [await makeFolder(), await makeFolder(), await makeFolder()];
    const first = await start(home, storage);
    await first.openWindow('w1', workspace(folder, ['/home/dev/demo']));
    const headers = bearer((await readFile(join(storage, 'machine/token'), 'utf8')).trim());
    const flat = {
      model: 'gpt-5.5',
      input_tokens: 1,
      output_tokens: 1,
      session_id: 's-usage',
      cwd: '/home/dev/demo/app',
    };
    await ask(first.url, '/v1/usage', { headers, body: JSON.stringify(flat) });
    const asked = { session_id: 's-hook', cwd: '/home/dev/demo' };
    expect((await ask(first.url, '/v1/check', { headers, body: JSON.stringify(asked) })).status).toBe(200);
    await sendLog(first, 's-hook', 50);
    expect([await count(first, '&window=w1'), await count(first, '')]).toEqual([2, 0]);
    first.engine.stop('test');
    await first.engine.left;

    const second = await start(home, storage);
    await second.openWindow('w1', workspace(folder, ['/home/dev/demo']));
    await sendLog(second, 's-usage', 60);
    expect([await count(second, '&window=w1'), await count(second, '')]).toEqual([3, 0]);
  });

  it('counts once on the whole computer, also where telemetry came before the folder was known', async () => {
    const home = await makeFolder();
    const mode = await start(home);
    await mode.openWindow('w1', workspace(await makeFolder(), ['/home/dev/demo']));
    await sendLog(mode, thread, 50);
    expect(await count(mode, '')).toBe(1);
    await write(home, rollout, codexLines(thread, [50, 70]));
    const headers = bearer(mode.adminToken);
    await ask(mode.url, '/v1/import', { headers, body: '{"agents":["codex"]}' });
    // The first call stays where telemetry put it, and the transcript's report of it joins it there.
    expect([await count(mode, '&window=w1'), await count(mode, '')]).toEqual([1, 1]);
    expect(await count(mode, '&scope=machine')).toBe(2);
  });

  it('is the machine’s where a window is named, and a workspace’s token keeps what it gets', async () => {
    const mode = await start(await makeFolder());
    const { answer } = await mode.openWindow('w1', workspace(await makeFolder(), ['/home/dev/demo']));
    await mode.openWindow('w2', workspace(await makeFolder(), ['/elsewhere']));
    const flat = JSON.stringify({ model: 'gpt-5.5', input_tokens: 1, output_tokens: 1, cwd: '/elsewhere' });
    await ask(mode.url, '/v1/usage', { headers: bearer(answer.token), body: flat });
    await ask(mode.url, '/v1/usage?window=w1', { headers: bearer(mode.adminToken), body: flat });
    expect([await count(mode, '&window=w1'), await count(mode, '&window=w2')]).toEqual([2, 0]);
  });
});

describe('the folder of a session', () => {
  it('is found in the files of the agents that name it', async () => {
    const home = await makeFolder();
    const places = { home, env: {}, userData: [] };
    await write(home, `.claude/projects/-home-dev-demo/${session}.jsonl`, `{"type":"summary"}\n${claudeLine('a', 5)}`);
    await write(home, rollout, codexLines(thread, []));
    await write(home, '.gemini/tmp/demo/chats/session-2026-11-22T16-05-c03e8585.jsonl', '{"sessionId":"c03e8585-x"}\n');
    await write(home, '.gemini/tmp/demo/.project_root', '/home/dev/gem');
    const start = { type: 'session.start', data: { context: { cwd: 'C:\\dev\\demo' } } };
    await write(home, '.copilot/session-state/1fd13c49-1a0b/events.jsonl', `${JSON.stringify(start)}\n`);
    expect(await findSessionFolder('claude-code', session, places)).toBe('/home/dev/demo');
    expect(await findSessionFolder('codex', thread, places)).toBe('/home/dev/demo');
    expect(await findSessionFolder('gemini-cli', 'c03e8585-1111-2222', places)).toBe('/home/dev/gem');
    expect(await findSessionFolder('copilot-cli', '1fd13c49-1a0b', places)).toBe('C:\\dev\\demo');
    const chats = '.config/Code/User/workspaceStorage/0f1e/chatSessions';
    await write(
      home,
      `${chats}/5f0c7d7e-1111.jsonl`,
      '{"kind":0,"v":{"requests":[{"text":{"cwd":"/somewhere/else"}}]}}\n',
    );
    await write(home, `${chats}/../workspace.json`, '{"folder":"file:///home/dev/my%20chat"}');
    await write(home, '.config/Code/User/globalStorage/emptyWindowChatSessions/6f0c7d7e-2222.jsonl', '{"cwd":"/x"}\n');
    expect(await findSessionFolder('copilot-chat', '5f0c7d7e-1111', places)).toBe('/home/dev/my chat');
    expect(await findSessionFolder('copilot-chat', '6f0c7d7e-2222', places)).toBeNull();
    expect(await findSessionFolder('codex', 'ffffffff-0000', places)).toBeNull();
    expect(await findSessionFolder('my-script', thread, places)).toBeNull();
  });

  it('is remembered for the last 5,000 sessions', async () => {
    const folder = await makeFolder();
    const sessions = await openSessionFolders(folder);
    for (let index = 0; index < 5_010; index += 1) {
      sessions.learn(`s${index}`, `/f${index}`);
      sessions.learn('s0', '/f0');
    }
    await sessions.save();
    const again = await openSessionFolders(folder);
    expect([again.find('s0'), again.find('s5009'), again.find('s5'), again.find('nobody')]).toEqual([
      ...['/f0', '/f5009', null, null],
    ]);
    await writeFile(join(folder, 'sessions.json'), '{"sessions":');
    expect((await openSessionFolders(folder)).find('s0')).toBeNull();
  });

  it('is kept relative to the workspace’s', () => {
    const at = (cwd: string | null, folders: string[], platform: NodeJS.Platform = 'linux') =>
      withFolder(makeRecord({ cwd }), folders, platform).folder;
    expect(at('/home/dev/demo/packages/app/', ['/home/dev', '/home/dev/demo'])).toBe('packages/app');
    expect(at('/home/dev/demo', ['/home/dev/demo/'])).toBe('.');
    expect(at('/home/dev/demonstration', ['/home/dev/demo'])).toBeNull();
    expect(at('C:\\Dev\\Demo\\App', ['c:\\dev\\demo'], 'win32')).toBe('App');
    expect(at(null, ['/home/dev/demo'])).toBeNull();
    expect(withFolder(makeRecord({ cwd: '/a/b', folder: 'x' }), ['/a'], 'linux').folder).toBe('x');
  });

  it('belongs to the innermost workspace around it', () => {
    const folders = createFolderLedgers('linux');
    const [outer, inner] = [{} as LiveLedger, {} as LiveLedger];
    folders.set(outer, ['/']);
    folders.set(inner, ['/home/dev/demo', '']);
    expect(folders.find('/home/dev/demo/app')).toBe(inner);
    expect(folders.find('/home/dev')).toBe(outer);
    expect(folders.find(null)).toBeNull();
  });
});
