import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { generateTranscripts } from '../../bench/transcripts.ts';
import { makeFolder, startProcess } from './engineProcess.ts';

const samples = join(import.meta.dirname, '../fixtures/wire');
const session = '11111111-2222-4333-8444-555555555555';
const places: Record<string, string> = {
  'claude-code-transcript.jsonl': `.claude/projects/-home-dev-demo/${session}.jsonl`,
  'claude-code-subagent.jsonl': `.claude/projects/-home-dev-demo/${session}/subagents/agent-a0123456789abcdef.jsonl`,
  'codex-rollout.jsonl': '.codex/sessions/2026/11/21/rollout-2026-11-21T22-26-40-01a20000.jsonl',
  'gemini-chat-session.jsonl': '.gemini/tmp/demo/chats/session-2026-11-21-70e00000.jsonl',
  'copilot-cli-events.jsonl': '.copilot/session-state/208c/events.jsonl',
  'copilot-vscode-chatsession.jsonl': '.config/Code/User/workspaceStorage/abc/chatSessions/chat-1.jsonl',
  'cline-ui_messages.json': '.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/t1/ui_messages.json',
};

/** A home with every sample where its agent keeps it. */
async function makeHome(): Promise<string> {
  const home = await makeFolder();
  for (const [sample, place] of Object.entries(places)) {
    const file = join(home, place);
    await mkdir(dirname(file), { recursive: true });
    await copyFile(join(samples, sample), file);
  }
  return home;
}

async function runImport(args: readonly string[], env: Record<string, string> = {}) {
  const { ended, stdout, stderr } = startProcess(['import', ...args], env);
  const code = await ended;
  return { code, summary: stdout() === '' ? null : JSON.parse(stdout()), stderr: stderr() };
}

function readRows(storage: string) {
  const database = new DatabaseSync(join(storage, 'usage.sqlite'), { readOnly: true });
  try {
    return database.prepare('SELECT agent, count(*) AS n FROM token_usage GROUP BY agent ORDER BY agent').all();
  } finally {
    database.close();
  }
}

it('imports what every agent left, once, into a folder that nobody serves', async () => {
  const home = await makeHome();
  const storage = await makeFolder();
  const first = await runImport(['--storage', storage, '--home', home]);
  expect(first).toMatchObject({ code: 0, summary: { files: 7, records: 12, new: 11, duplicates: 1, skipped: 0 } });
  const rows = readRows(storage).map(row => `${row.agent} ${row.n}`);
  expect(rows).toEqual(['claude-code 3', 'cline 2', 'codex 2', 'copilot-chat 1', 'copilot-cli 1', 'gemini-cli 2']);
  const second = await runImport(['--storage', storage, '--home', home]);
  expect(second.summary).toEqual({ files: 7, records: 0, new: 0, duplicates: 0, skipped: 0 });
  expect((await readdir(storage)).filter(name => name.endsWith('.sock'))).toEqual([]);
});

it('goes through the engine that serves the folder', async () => {
  const home = await makeHome();
  const storage = await makeFolder();
  const engine = startProcess(['--storage', storage, '--port', '0']);
  const greeting = await engine.greeting;
  const only = ['--agent', 'codex', '--agent', 'gemini-cli'];
  const { code, summary } = await runImport(['--storage', storage, '--home', home, ...only]);
  expect({ code, summary }).toEqual({ code: 0, summary: { files: 2, records: 4, new: 4, duplicates: 0, skipped: 0 } });
  const answer = await fetch(`${greeting.url}/t/${greeting.token}/v1/summary?from=2026-11-01`);
  expect(await answer.json()).toMatchObject({ total: { requests: 4 } });
  // With a token that only the one who started it knows.
  const other = await makeFolder();
  const secret = startProcess(['--storage', other, '--port', '0', '--token', 'secret']);
  await secret.greeting;
  expect((await runImport(['--storage', other, '--home', home])).code).toBe(3);
  const known = await runImport(['--storage', other, '--home', home], { SPEND_LENS_TOKEN: 'secret' });
  expect(known).toMatchObject({ code: 0, summary: { new: 11 } });
});

it('goes on where it was when it is killed in the middle, and counts each call once', async () => {
  const home = await makeFolder();
  const storage = await makeFolder();
  const { calls } = generateTranscripts(home, 100 * 1024 * 1024);
  const args = ['--storage', storage, '--home', home];
  for (const afterMs of [250, 500]) {
    const { ended, process: importing } = startProcess(['import', ...args]);
    await sleep(afterMs);
    importing.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
  }
  expect((await runImport(args)).code).toBe(0);
  expect(readRows(storage).reduce((sum, { n }) => sum + Number(n), 0)).toBe(calls);
  expect((await runImport(args)).summary).toMatchObject({ records: 0, new: 0 });
});

it('follows CODEX_HOME, but not below another home', async () => {
  const home = await makeHome();
  const storage = await makeFolder();
  const empty = await makeFolder();
  const env = { HOME: empty, USERPROFILE: empty, CODEX_HOME: join(home, '.codex') };
  const args = ['--storage', storage, '--agent', 'codex'];
  expect((await runImport([...args, '--home', empty], env)).summary).toMatchObject({ files: 0 });
  expect((await runImport(args, env)).summary).toMatchObject({ files: 1, new: 2 });
});

it('ends with 2 for what it does not know, and with 1 when the folder can’t be used', async () => {
  const storage = await makeFolder();
  const unknown = await runImport(['--storage', storage, '--agent', 'nobody']);
  expect(unknown).toMatchObject({ code: 2, summary: null });
  expect(unknown.stderr).toContain('claude-code');
  const file = join(storage, 'file');
  await writeFile(file, '');
  expect(await runImport(['--storage', file])).toMatchObject({ code: 1, summary: null });
});
