import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claudeCode } from '../../../src/connect/agents/claudeCode.ts';
import { catalogue, isFound } from '../../../src/connect/catalogue.ts';
import { connect, connectWrapper, planConnection } from '../../../src/connect/connection.ts';
import { readConnectionState } from '../../../src/connect/connectionState.ts';
import { listOutdated } from '../../../src/connect/outdated.ts';
import type { Places } from '../../../src/connect/places.ts';
import type { Connection, Destination } from '../../../src/connect/settingsAgent.ts';
import { settingsAgents } from '../../../src/connect/settingsAgents.ts';
import { assign, parseSettingsText } from '../../../src/connect/settingsText.ts';
import { buildTelemetryTest } from '../../../src/connect/testPayload.ts';

const destination: Destination = { url: 'http://127.0.0.1:40123', token: 'secret-token' };
const parts = { telemetry: true, hook: false };
const connection: Connection = { destination, owner: '/extensions', parts, hookCommand: 'true' };

let home: string;
let places: Places;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sl-state-'));
  places = { home, env: {}, platform: 'linux' };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
};
const stateOf = (to = destination, owner = '/extensions') => readConnectionState(claudeCode, places, to, owner);

describe('the state of a connection', () => {
  test('follows what the settings say', async () => {
    expect(await stateOf()).toEqual({ kind: 'off' });
    await connect(await planConnection(claudeCode, places, connection), places, new Date());
    expect(await stateOf()).toEqual({ kind: 'connected', parts });
    expect(await stateOf({ ...destination, url: 'http://127.0.0.1:40124' })).toEqual({ kind: 'outdated', parts });
    expect(await stateOf({ ...destination, token: 'new' })).toEqual({ kind: 'outdated', parts });
    expect(await stateOf(destination, '/other')).toEqual({ kind: 'foreign', parts });
    write('.claude/settings.json', '{"env": {"OTEL_LOGS_EXPORTER": "console"}}');
    expect(await stateOf()).toEqual({ kind: 'changed', parts });
  });

  test('knows a connection by hand and one to somebody else', async () => {
    const byHand = assign('json', '', claudeCode.assignments(connection, {})).text;
    write('.claude/settings.json', byHand);
    expect(await stateOf()).toEqual({ kind: 'byHand' });
    expect(await stateOf({ url: 'http://127.0.0.1:4012', token: 'x' })).toEqual({
      kind: 'elsewhere',
      endpoint: 'http://127.0.0.1:40123/v1/logs',
    });
  });
});

test('the connections that lead to an old address or have an old token are known', async () => {
  await connect(await planConnection(claudeCode, places, connection), places, new Date());
  await connectWrapper(places, { ...connection, owner: '/other' }, new Date());
  const agents = async (to: Destination, owner = '/extensions') =>
    (await listOutdated(places, to, owner)).map(({ agent }) => agent);
  expect(await agents(destination)).toEqual([]);
  expect(await agents({ ...destination, token: 'rotated' })).toEqual(['claude-code']);
  expect(await agents({ ...destination, url: 'http://127.0.0.1:1' }, '/other')).toEqual(['shell-wrapper']);
});

describe('an agent is found', () => {
  const found = async (extensions: string[] = [], env: Places['env'] = {}) => {
    const all = await Promise.all(
      catalogue.map(async agent => ((await isFound(agent, { ...places, env }, new Set(extensions))) ? agent.id : null)),
    );
    return all.filter(id => id !== null);
  };

  test('by the folder that it makes, wherever a variable puts it', async () => {
    expect(await found()).toEqual([]);
    mkdirSync(join(home, '.claude'));
    mkdirSync(join(home, '.copilot/session-state'), { recursive: true });
    mkdirSync(join(home, 'elsewhere'));
    expect(await found([], { CODEX_HOME: join(home, 'elsewhere') })).toEqual(['claude-code', 'codex', 'copilot-cli']);
    expect(await found([], { CLAUDE_CONFIG_DIR: join(home, 'none') })).toEqual(['copilot-cli']);
  });

  test('by its program', async () => {
    write('bin/gemini', '#!/bin/sh\n');
    chmodSync(join(home, 'bin/gemini'), 0o755);
    expect(await found([], { PATH: `/nonexistent:${join(home, 'bin')}` })).toEqual(['gemini-cli']);
  });

  test('by its extension of VS Code', async () => {
    expect(await found(['github.copilot-chat', 'saoudrizwan.claude-dev'])).toEqual(['copilot-chat', 'cline']);
  });
});

test('a test record goes where the settings of the agent say', () => {
  const routes = settingsAgents.map(agent => {
    const text = assign(agent.syntax, '', agent.assignments(connection, {})).text;
    return agent.findRoute(parseSettingsText(agent.syntax, text));
  });
  const headers = { 'x-spend-lens-token': 'secret-token' };
  expect(routes).toEqual([
    { url: 'http://127.0.0.1:40123/v1/logs', headers },
    { url: 'http://127.0.0.1:40123/v1/logs', headers },
    { url: 'http://127.0.0.1:40123/t/secret-token/v1/logs', headers: {} },
  ]);
  expect(settingsAgents.map(agent => agent.findRoute({}))).toEqual([null, null, null]);
  expect(buildTelemetryTest('cline', 0)).toBeNull();
});
