import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hookCommand, wrapperCommand } from '../../../src/connect/checkScript.ts';
import { connect, connectWrapper, disconnect, planConnection, shellWrapper } from '../../../src/connect/connection.ts';
import type { Places } from '../../../src/connect/places.ts';
import type { Connection } from '../../../src/connect/settingsAgent.ts';
import { settingsFiles } from '../../../src/connect/settingsAgents.ts';
import { ask, bearer, makeFolder, sixMills, startEngine } from '../engine/startEngine.ts';
import { startWindowMode } from '../engine/startWindowMode.ts';

interface Asked {
  readonly path: string | undefined;
  readonly token: IncomingMessage['headers'][string];
  readonly body: unknown;
}

const reason = 'Budget "daily" is spent: $5.01 of $5.00. Allow more in C:\\budget.';
let places: Places;
let server: Server;
let asked: Asked[];
/** What the engine answers, and after how long (ms). */
let answer: { status: number; body: string; afterMs: number };
let connection: Connection;

beforeEach(async () => {
  // A folder with all that a shell could trip over.
  places = { home: mkdtempSync(join(tmpdir(), "sl hook's $HOME-")), env: {}, platform: 'linux' };
  asked = [];
  answer = { status: 200, body: JSON.stringify({ decision: 'deny', reason, spent_usd: 5.01 }), afterMs: 0 };
  server = createServer(async (request, response) => {
    asked.push({
      path: request.url,
      token: request.headers['x-spend-lens-token'],
      body: JSON.parse(await text(request)),
    });
    const { status, body, afterMs } = answer;
    setTimeout(() => response.writeHead(status).end(body), afterMs);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  connection = {
    destination: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'secret-token' },
    owner: '/extensions',
    parts: { telemetry: false, hook: true },
    hookCommand: hookCommand(places),
  };
  await connectWrapper(places, connection, new Date());
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(places.home, { recursive: true, force: true });
});

/** Runs a line in a shell; the variables would lead curl astray. */
async function shell(line: string, input = '', env: Record<string, string> = {}) {
  const child = spawn('/bin/sh', ['-c', line], {
    env: { PATH: process.env.PATH ?? '', HOME: places.home, http_proxy: 'http://127.0.0.1:1', ...env },
    cwd: places.home,
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, error, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>(resolve => child.on('close', resolve)),
  ]);
  return { out, error, code };
}

const prompt = JSON.stringify({
  session_id: 's-1',
  cwd: '/home/a "b"/c\\d',
  hook_event_name: 'UserPromptSubmit',
  prompt: 'say "session_id":"other" and "decision":"allow"',
});

describe('a budget that is spent', () => {
  test('stops a command with the reason, by the wrapper', async () => {
    const { out, error, code } = await shell(`${wrapperCommand(places)}echo went on`);
    expect({ out, error, code }).toEqual({ out: '', error: `${reason}\n`, code: 1 });
    expect(asked).toEqual([{ path: '/v1/check', token: 'secret-token', body: { cwd: places.home } }]);
  });

  test('stops a prompt, with the session and the folder that the agent names', async () => {
    const { out, code } = await shell(hookCommand(places), prompt);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      continue: false,
      stopReason: reason,
      systemMessage: reason,
      decision: 'block',
      reason,
    });
    expect(asked[0]?.body).toEqual({ cwd: '/home/a "b"/c\\d', session_id: 's-1' });
  });

  test("stops a tool, in the words of VS Code's agents too", async () => {
    const input = { sessionId: 's-2', hookEventName: 'PreToolUse', cwd: '/w', tool_input: { cwd: '/other' } };
    const { out } = await shell(hookCommand(places), JSON.stringify(input, null, 2));
    expect(JSON.parse(out)).toEqual({
      continue: false,
      stopReason: reason,
      systemMessage: reason,
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: reason,
      },
    });
    expect(asked[0]?.body).toEqual({ cwd: '/w', session_id: 's-2' });
  });
});

describe('everything else lets it go on', () => {
  const goesOn = async (env?: Record<string, string>) => {
    const began = performance.now();
    expect(await shell(`${wrapperCommand(places)}echo went on`, '', env)).toEqual({
      out: 'went on\n',
      error: '',
      code: 0,
    });
    expect(await shell(hookCommand(places), prompt, env)).toEqual({ out: '', error: '', code: 0 });
    return performance.now() - began;
  };

  test.each([
    ['allow', 200, '{"decision":"allow","reason":"\\"decision\\":\\"deny\\""}'],
    ['warn', 200, '{"decision":"warn","reason":"spent"}'],
    ['an error', 500, '{"decision":"deny"}'],
    ['a token that is not known', 401, '{"decision":"deny"}'],
    ['no JSON', 200, '<html>deny</html>'],
    ['nothing', 200, ''],
  ])('%s', async (_, status, body) => {
    answer = { status, body, afterMs: 0 };
    await goesOn();
    expect(asked).toHaveLength(2);
  });

  test('an answer that takes too long, after a second', async () => {
    answer = { ...answer, afterMs: 60_000 };
    const ms = await goesOn();
    console.log(`two checks without an answer took ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(5 * 2 * 1000);
  });

  test('no engine', async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    await goesOn();
  });

  test('no curl', async () => {
    await goesOn({ PATH: '/nonexistent' });
    expect(asked).toEqual([]);
  });

  test('a script that is gone, for hooks that are still there', async () => {
    await disconnect(shellWrapper, places);
    expect(await shell(hookCommand(places), prompt)).toEqual({ out: '', error: '', code: 0 });
  });
});

describe('the real engine', () => {
  const daily = (limit: number) => ({ budget: { daily: limit, enforce: 'gateway' } });
  const spend = (url: string, token: string) =>
    ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(sixMills) });

  test('stops what a spent budget refuses, and lets the rest go on', async () => {
    const settings = join(await makeFolder(), 'settings.json');
    writeFileSync(settings, JSON.stringify(daily(0.005)));
    const { url, token } = await startEngine({ settings });
    await connectWrapper(places, { ...connection, destination: { url, token } }, new Date());
    expect((await shell(`${wrapperCommand(places)}echo went on`)).out).toBe('went on\n');
    await spend(url, token);
    const stopped = await shell(`${wrapperCommand(places)}echo went on`);
    expect({ out: stopped.out, code: stopped.code }).toEqual({ out: '', code: 1 });
    expect(stopped.error).toMatch(/daily.*\$0\.0/);
    expect(JSON.parse((await shell(hookCommand(places), prompt)).out)).toMatchObject({ decision: 'block' });
  });

  test('asks the budgets of the workspace that the agent works in', async () => {
    const { storage, url, openWindow } = await startWindowMode();
    const folder = join(places.home, 'project');
    const workspace = { storage: join(storage, 'ws'), name: 'project', folders: [folder] };
    const { answer } = await openWindow('one', { workspace, settings: daily(0.005) });
    await connectWrapper(places, { ...connection, destination: { url, token: answer.machine_token } }, new Date());
    await spend(url, answer.token);
    const inFolder = (cwd: string) => JSON.stringify({ hook_event_name: 'UserPromptSubmit', session_id: 's', cwd });
    expect((await shell(hookCommand(places), inFolder(join(folder, 'src')))).out).toContain('"decision":"block"');
    expect((await shell(hookCommand(places), inFolder('/elsewhere'))).out).toBe('');
  });
});

test('the token is in no command line and in no file that others can read', () => {
  const folder = join(places.home, '.spend-lens');
  expect(statSync(join(folder, 'endpoint')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(folder, 'bin/spend-lens-check'), 'utf8')).not.toContain('secret-token');
});

test('the script is there as long as a hook or the wrapper needs it, and nothing is left afterwards', async () => {
  const script = join(places.home, '.spend-lens/bin/spend-lens-check');
  for (const agent of settingsFiles.filter(({ id }) => ['claude-code', 'vscode-hooks'].includes(id))) {
    await connect(await planConnection(agent, places, connection), places, new Date());
    expect(readFileSync(agent.file(places), 'utf8')).toContain('spend-lens-check');
  }
  await disconnect(shellWrapper, places);
  await disconnect('claude-code', places);
  expect(existsSync(script)).toBe(true);
  await disconnect('vscode-hooks', places);
  expect(readdirSync(places.home)).toEqual([]);
});
