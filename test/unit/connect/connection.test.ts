import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, disconnect, planConnection, StalePlanError } from '../../../src/connect/connection.ts';
import type { Places } from '../../../src/connect/places.ts';
import type { Connection, SettingsAgent } from '../../../src/connect/settingsAgent.ts';
import { settingsAgents } from '../../../src/connect/settingsAgents.ts';
import { UneditableError } from '../../../src/connect/settingsSyntax.ts';
import { readUndoRecord } from '../../../src/connect/undoRecord.ts';

const connection: Connection = {
  destination: { url: 'http://127.0.0.1:40123', token: 'secret-token' },
  owner: '/extensions',
  parts: { telemetry: true, hook: false },
  hookCommand: 'true',
};
const elsewhere = (port: number): Connection => ({
  ...connection,
  destination: { url: `http://127.0.0.1:${port}`, token: 'other' },
});

let home: string;
let places: Places;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sl-connect-'));
  places = { home, env: {}, platform: process.platform };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(agent: SettingsAgent, asked = connection): Promise<void> {
  await connect(await planConnection(agent, places, asked), places, new Date());
}

function write(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Everything below the home: paths, permissions and bytes. */
function picture(folder = home): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(entry => {
      const path = join(entry.parentPath, entry.name);
      const mode = (lstatSync(path).mode & 0o777).toString(8);
      return `${path} ${mode} ${entry.isFile() ? readFileSync(path).toString('hex') : ''}`;
    })
    .sort();
}

const texts: Record<SettingsAgent['syntax'], readonly string[]> = {
  json: [
    '{\n  "permissions": {"allow": ["Bash"]}, // mine\n  "env": {\n    "OTEL_LOGS_EXPORTER": "console"\n  }\n}\n',
    '\uFEFF{\r\n\t"a": 1\r\n}',
    '{}',
    '',
  ],
  toml: ['model = "gpt-5" # best\r\n\r\n[otel]\r\nexporter = "none"\r\n', 'a = 1', ''],
};

describe.each(settingsAgents.map(agent => [agent.id, agent] as const))('%s', (_, agent) => {
  test.each(texts[agent.syntax].map((text, index) => [index, text] as const))(
    'is connected and disconnected, and the home folder is what it was (%i)',
    async (_, text) => {
      const file = agent.file(places);
      write(file, text);
      chmodSync(file, 0o644);
      const before = picture();
      await run(agent);
      expect(readFileSync(file, 'utf8')).toContain('127.0.0.1:40123');
      expect(statSync(file).mode & 0o077, 'others can read the token').toBe(0);
      expect(await disconnect(agent.id, places)).toEqual({ kind: 'exact' });
      expect(picture()).toEqual(before);
    },
  );

  test('that was never set up leaves no file and no folder behind', async () => {
    await run(agent);
    expect(existsSync(agent.file(places))).toBe(true);
    expect(await disconnect(agent.id, places)).toEqual({ kind: 'exact' });
    expect(picture()).toEqual([]);
  });

  test('keeps a file that was made for the connection and that somebody else writes into now', async () => {
    await run(agent);
    const file = agent.file(places);
    const added = agent.syntax === 'json' ? '"theirs": true' : '[theirs]\nx = true\n';
    const own = readFileSync(file, 'utf8');
    writeFileSync(file, agent.syntax === 'json' ? own.replace('{', `{\n  ${added},`) : own + added);
    expect(await disconnect(agent.id, places)).toEqual({ kind: 'ours', kept: [] });
    expect(readFileSync(file, 'utf8')).toContain('theirs');
    expect(readFileSync(file, 'utf8')).not.toContain('40123');
  });

  test('is connected anew, and one disconnect takes everything back', async () => {
    const file = agent.file(places);
    write(file, texts[agent.syntax][0] ?? '');
    const before = picture();
    await run(agent);
    await run(agent, elsewhere(5001));
    await run(agent, elsewhere(5002));
    expect(readFileSync(file, 'utf8')).toContain('127.0.0.1:5002');
    expect(readFileSync(file, 'utf8')).not.toMatch(/40123|5001/);
    await disconnect(agent.id, places);
    expect(picture()).toEqual(before);
  });

  test('has its link to the settings kept', async () => {
    const file = agent.file(places);
    write(join(home, 'dotfiles/settings'), texts[agent.syntax][0] ?? '');
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(join(home, 'dotfiles/settings'), file);
    const before = picture();
    await run(agent);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, 'dotfiles/settings'), 'utf8')).toContain('40123');
    await disconnect(agent.id, places);
    expect(picture()).toEqual(before);
  });

  test('is left alone when its settings changed after they were shown', async () => {
    const file = agent.file(places);
    write(file, '');
    const plan = await planConnection(agent, places, connection);
    write(file, texts[agent.syntax][0] ?? '');
    await expect(connect(plan, places, new Date())).rejects.toThrow(StalePlanError);
    expect(readFileSync(file, 'utf8')).toBe(texts[agent.syntax][0]);
    expect(await readUndoRecord(agent.id, places)).toBeNull();
  });

  test('is left alone when its settings are no text', async () => {
    const file = agent.file(places);
    write(file, Buffer.from([0xff, 0xfe, 0x7b]));
    await expect(planConnection(agent, places, connection)).rejects.toThrow(UneditableError);
  });

  test('that is not connected has nothing to undo', async () => {
    expect(await disconnect(agent.id, places)).toEqual({ kind: 'nothing' });
  });

  test('whose settings were deleted meanwhile has nothing to undo', async () => {
    await run(agent);
    rmSync(agent.file(places));
    expect(await disconnect(agent.id, places)).toEqual({ kind: 'nothing' });
    expect(existsSync(join(home, '.spend-lens'))).toBe(false);
  });
});

describe('an address that telemetry goes to already', () => {
  test.each([
    [
      'claude-code',
      '{"env": {"OTEL_LOGS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example.com"}}',
    ],
    ['codex', '[otel]\nexporter = { otlp-grpc = { endpoint = "https://otel.example.com" } }\n'],
    ['gemini-cli', '{"telemetry": {"enabled": true, "otlpEndpoint": "https://otel.example.com"}}'],
  ])('is told for %s, and is back afterwards', async (id, text) => {
    const agent = settingsAgents.find(known => known.id === id) as SettingsAgent;
    write(agent.file(places), text);
    const plan = await planConnection(agent, places, connection);
    expect(plan.endpoint).toBe('https://otel.example.com');
    await connect(plan, places, new Date());
    expect((await planConnection(agent, places, connection)).endpoint).toBe('https://otel.example.com');
    await disconnect(id, places);
    expect(readFileSync(agent.file(places), 'utf8')).toBe(text);
  });

  test.each([
    [
      'claude-code',
      '{"env": {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example.com"}}',
    ],
    ['codex', '[otel]\nexporter = "none"\n'],
    ['gemini-cli', '{"telemetry": {"enabled": false, "otlpEndpoint": "https://otel.example.com"}}'],
  ])('is none for %s as long as what we read does not go there', async (id, text) => {
    const agent = settingsAgents.find(known => known.id === id) as SettingsAgent;
    write(agent.file(places), text);
    expect((await planConnection(agent, places, connection)).endpoint).toBeNull();
  });
});

test('settings are where the variables of the agents say', async () => {
  const env = { CLAUDE_CONFIG_DIR: join(home, 'c'), CODEX_HOME: join(home, 'x'), GEMINI_CLI_HOME: join(home, 'g') };
  const files = settingsAgents.map(agent => agent.file({ home: '/home/ann', env, platform: 'linux' }));
  expect(files).toEqual([
    join(home, 'c/settings.json'),
    join(home, 'x/config.toml'),
    join(home, 'g/.gemini/settings.json'),
  ]);
  expect(settingsAgents.map(agent => agent.file({ home: 'C:\\Users\\Ann', env: {}, platform: 'win32' }))).toEqual([
    'C:\\Users\\Ann\\.claude\\settings.json',
    'C:\\Users\\Ann\\.codex\\config.toml',
    'C:\\Users\\Ann\\.gemini\\settings.json',
  ]);
});

test('what is kept to undo a connection is readable by the user only, and holds nothing of other settings', async () => {
  const [agent] = settingsAgents;
  write(agent?.file(places) ?? '', '{"apiKeyHelper": "sk-private", "env": {"ANTHROPIC_API_KEY": "sk-private"}}');
  await run(agent as SettingsAgent);
  const kept = join(home, '.spend-lens/connections/claude-code.json');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(kept)).mode & 0o777).toBe(0o700);
  expect(readFileSync(kept, 'utf8')).not.toContain('sk-private');
});
