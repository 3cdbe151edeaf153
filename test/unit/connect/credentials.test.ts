/** The times at which files were read last, kept by the disk itself, tell whether anybody opened them. */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { catalogue, isFound } from '../../../src/connect/catalogue.ts';
import { connect, disconnect, planConnection } from '../../../src/connect/connection.ts';
import { readConnectionState } from '../../../src/connect/connectionState.ts';
import { settingsFiles } from '../../../src/connect/settingsAgents.ts';
import { ask, bearer, makeFolder, startEngine } from '../engine/startEngine.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/agents');

/** Where the agents keep what they log in with. */
const credentials = [
  ...['.claude/.credentials.json', '.claude.json', '.codex/auth.json', '.gemini/oauth_creds.json', '.gemini/.env'],
  ...[
    '.gemini/google_accounts.json',
    '.gemini/mcp-oauth-tokens.json',
    '.copilot/config.json',
    '.copilot/mcp-config.json',
  ],
  ...['.config/github-copilot/apps.json', '.config/github-copilot/hosts.json', '.local/share/opencode/auth.json'],
  ...['.local/share/opencode/mcp-auth.json', '.cline/data/secrets.json', '.cline/data/settings/providers.json'],
  ...['.config/Code/User/globalStorage/state.vscdb', '.config/Code/User/globalStorage/storage.json', '.netrc'],
  ...['.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json'],
];
const longAgo = new Date('2020-01-01');

const wasRead = async (file: string) => (await stat(file)).atime > longAgo;

async function writeUnread(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '{"token":"secret","oauthAccount":{},"api_key":"sk-secret"}');
  await utimes(file, longAgo, new Date());
  return file;
}

test('no credential of any agent is opened', { timeout: 60_000 }, async ({ skip }) => {
  const control = await writeUnread(join(await makeFolder(), 'control'));
  await readFile(control);
  if (!(await wasRead(control))) {
    return skip('this disk does not keep when a file was read');
  }
  const home = await makeFolder();
  for (const left of readdirSync(fixtures).map(agent => join(fixtures, agent, 'home'))) {
    if (existsSync(left)) {
      cpSync(left, home, { recursive: true });
    }
  }
  const files = await Promise.all(credentials.map(path => writeUnread(join(home, path))));

  // Listing, connecting, rating and disconnecting each agent.
  const places = { home, env: {}, platform: 'linux' as const };
  const destination = { url: 'http://127.0.0.1:1', token: 'ingest-token' };
  const connection = { destination, owner: home, parts: { telemetry: true, hook: true }, hookCommand: 'true' };
  await Promise.all(catalogue.map(agent => isFound(agent, places, new Set())));
  for (const agent of settingsFiles) {
    await connect(await planConnection(agent, places, connection), places, new Date());
    expect((await readConnectionState(agent, places, destination, home)).kind).toBe('connected');
    expect((await disconnect(agent.id, places)).kind).toBe('exact');
  }

  // Importing, following, and finding out where a session of telemetry works.
  vi.stubEnv('HOME', home);
  const settings = join(await makeFolder(), 'settings.json');
  const watch = Object.fromEntries(catalogue.map(({ id }) => [id, true]));
  await writeFile(settings, JSON.stringify({ transcripts: { watch } }));
  const { url, token, log } = await startEngine({ settings });
  vi.unstubAllEnvs();
  const imported = await ask(url, '/v1/import', { headers: bearer(token), body: JSON.stringify({ home }) });
  expect(imported.text).toContain('"type":"done"');
  const calls = async () => (await ask(url, '/v1/summary?from=2026-01-01', { headers: bearer(token) })).json.total;
  await expect.poll(async () => (await calls()).requests).toBeGreaterThan(10);

  const opened = await Promise.all(files.map(async file => ((await wasRead(file)) ? [file] : [])));
  expect(opened.flat()).toEqual([]);
  expect(log.join('\n')).not.toContain('secret');
});
