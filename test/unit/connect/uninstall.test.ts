import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hookCommand } from '../../../src/connect/checkScript.ts';
import { connect, connectWrapper, planConnection } from '../../../src/connect/connection.ts';
import { findOwner } from '../../../src/connect/owner.ts';
import type { Places } from '../../../src/connect/places.ts';
import type { Connection } from '../../../src/connect/settingsAgent.ts';
import { settingsFiles } from '../../../src/connect/settingsAgents.ts';
import { type UndoRecord, writeUndoRecord } from '../../../src/connect/undoRecord.ts';

const root = join(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

let home: string;
let places: Places;
/** A copy of what is installed, in a folder of extensions. */
let dist: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sl-uninstall-'));
  places = { home, env: {}, platform: process.platform };
  dist = join(home, '.vscode/extensions/spend-lens.spend-lens-0.1.0/dist');
  mkdirSync(dist, { recursive: true });
  for (const file of ['uninstall.js', 'package.json']) {
    cpSync(join(root, 'dist', file), join(dist, file));
  }
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const texts: Record<string, string> = {
  '.claude/settings.json': '\uFEFF{\r\n\t"env": {"A": "1"}, // mine\r\n}',
  '.codex/config.toml': 'model = "gpt-5"\n[otel]\nexporter = "none" # off',
};

async function connectAll(owner: string): Promise<void> {
  const connection: Connection = {
    destination: { url: 'http://127.0.0.1:40123', token: 'secret-token' },
    owner,
    parts: { telemetry: true, hook: true },
    hookCommand: hookCommand(places),
  };
  for (const agent of settingsFiles) {
    await connect(await planConnection(agent, places, connection), places, new Date());
  }
  await connectWrapper(places, connection, new Date());
}

/** As VS Code runs it: the script's path from the manifest, below the folder of the extension, with a flag of its own. */
async function runUninstall(): Promise<{ stderr: string; ms: number }> {
  const [program, script = ''] = manifest.scripts['vscode:uninstall'].split(' ');
  expect(program).toBe('node');
  const began = performance.now();
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [join(dirname(dist), script), '--type=extension-post-uninstall'],
    { env: { HOME: home, USERPROFILE: home } },
  );
  return { stderr, ms: performance.now() - began };
}

const files = () =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !file.startsWith(join(home, '.vscode')))
    .map(file => [file.slice(home.length + 1), readFileSync(file, 'utf8')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

test('uninstalling the extension undoes every connection to the byte', async () => {
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  }
  const before = files();
  await connectAll(findOwner(dist));
  expect(files().length).toBeGreaterThan(before.length);
  const { stderr, ms } = await runUninstall();
  expect(stderr).toBe('Spend Lens: disconnected claude-code, codex, gemini-cli, shell-wrapper, vscode-hooks\n');
  expect(files()).toEqual(before);
  expect(readdirSync(home).sort()).toEqual(['.claude', '.codex', '.vscode']);
  console.log(`vscode:uninstall took ${Math.round(ms)} ms; VS Code gives it 5,000`);
  expect(ms).toBeLessThan(5 * 5000);
});

test('what another VS Code has connected stays, unless that is gone', async () => {
  mkdirSync(join(home, '.vscode/other'), { recursive: true });
  await connectAll(join(home, '.vscode/other'));
  const connected = files();
  expect((await runUninstall()).stderr).toBe('Spend Lens: nothing was connected\n');
  expect(files()).toEqual(connected);
  rmSync(join(home, '.vscode/other'), { recursive: true });
  await runUninstall();
  expect(files()).toEqual([]);
});

test('one connection that can not be undone does not keep the others', async () => {
  await connectAll(findOwner(dist));
  writeFileSync(join(home, '.claude/settings.json'), '{"env": ');
  await expect(runUninstall()).rejects.toThrow(/claude-code: The file is not valid JSON/);
  expect(files().map(([file]) => file)).toEqual([
    '.claude/settings.json',
    '.spend-lens/bin/spend-lens-check',
    '.spend-lens/connections/claude-code.json',
    '.spend-lens/endpoint',
  ]);
});

test("VS Code's own settings lose ours and keep the rest, whatever is in them", async () => {
  const file = join(home, '.config/Code/User/settings.json');
  const url = 'chat.agentHost.otel.otlpEndpoint';
  const record: UndoRecord = {
    ...{ version: 1, agent: 'copilot-chat', owner: findOwner(dist), connectedAt: '2026-11-22T12:00:00.000Z' },
    ...{ parts: { telemetry: true, hook: false }, destination: { url: 'http://127.0.0.1:40123', token: 'T' } },
    ...{ file, syntax: 'json', before: 'not kept', mode: null, newFolders: [], splices: [], newTables: [] },
    assignments: [
      { path: ['chat.agentHost.otel.enabled'], value: true },
      { path: [url], value: 'http://127.0.0.1:40123/t/T', was: 'https://otel.example.com' },
    ],
  };
  mkdirSync(dirname(file), { recursive: true });
  for (const [text, expected] of [
    [
      `{\n  "editor.fontSize": 12, // big\n  "chat.agentHost.otel.enabled": true,\n  "${url}": "http://127.0.0.1:40123/t/T"\n}\n`,
      `{\n  "editor.fontSize": 12, // big\n  "${url}": "https://otel.example.com"\n}\n`,
    ],
    [`{\n  "chat.agentHost.otel.enabled": true\n}\n`, '{\n}\n'],
  ] as const) {
    writeFileSync(file, text);
    await writeUndoRecord(record, places);
    await runUninstall();
    expect(readFileSync(file, 'utf8')).toBe(expected);
  }
});
