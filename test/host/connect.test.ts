import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { planCopilot, readCopilotState } from '../../src/ui/connect/copilotChat.ts';
import type { Desk } from '../../src/ui/connect/desk.ts';
import type { ConnectionState } from '../../src/ui/connection/engineConnection.ts';

/** Polls until it holds; the last failure is thrown. */
async function eventually(check: () => void, ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await sleep(100);
    }
  }
}

/** The engine as the window knows it, once it runs. */
async function findWindow() {
  const api = await vscode.extensions.getExtension('spend-lens.spend-lens')?.activate();
  let state: ConnectionState = api.state();
  await eventually(() => {
    state = api.state();
    assert.equal(state.kind, 'running');
  });
  assert.ok(state.kind === 'running');
  return state.window;
}

describe('connecting Copilot Chat by VS Code’s settings', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'sl-host-home-'));
  const destination = { url: 'http://127.0.0.1:40123', token: 'secret-token' };
  /** Where this VS Code keeps the user's settings: beside the global storage. */
  let settingsFile: string;
  let desk: Desk;

  before(async () => {
    const { storage } = await findWindow();
    const user = storage.slice(0, storage.indexOf(`${path.sep}User${path.sep}`) + '/User'.length);
    settingsFile = path.join(user, 'settings.json');
    const globalStorageUri = vscode.Uri.file(path.join(user, 'globalStorage', 'spend-lens.spend-lens'));
    desk = {
      // Nothing else of the services is used for it.
      services: { context: { globalStorageUri } } as unknown as Desk['services'],
      places: { home, env: {}, platform: process.platform },
      destination,
      owner: '/extensions',
      extensions: new Set(),
    };
  });

  after(() => rmSync(home, { recursive: true, force: true }));

  // It is not changed here: VS Code starts anew when a setting of its agent host changes, and the suite with it.
  it('shows what changes, and changes nothing by that', async () => {
    const before = readFileSync(settingsFile, 'utf8');
    assert.deepEqual(await readCopilotState(desk), { kind: 'off' });
    const plan = await planCopilot(desk);
    assert.equal(plan.now, before);
    assert.match(plan.next, /"chat\.agentHost\.otel\.otlpEndpoint": "http:\/\/127\.0\.0\.1:40123\/t\/secret-token"/);
    assert.equal(readFileSync(settingsFile, 'utf8'), before);
  });
});

describe('the gateway in the terminal', () => {
  /** What a terminal of this window has in its environment. */
  async function readEnvironment(): Promise<string> {
    const folder = mkdtempSync(path.join(tmpdir(), 'sl-terminal-'));
    const file = path.join(folder, 'env');
    const shellArgs = ['-c', `env > ${file}.part && mv ${file}.part ${file}`];
    const terminal = vscode.window.createTerminal({ shellPath: '/bin/sh', shellArgs });
    try {
      await eventually(() => assert.ok(existsSync(file)));
      return readFileSync(file, 'utf8');
    } finally {
      terminal.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const set = (value: string[] | undefined) =>
    vscode.workspace.getConfiguration('spendLens').update('gateway.terminal', value, vscode.ConfigurationTarget.Global);

  it('is there when it is asked for, and gone when it is not', async () => {
    const { url, token } = await findWindow();
    assert.doesNotMatch(await readEnvironment(), /_BASE_URL=/);
    await set(['anthropic', 'openai']);
    let environment = '';
    for (let tries = 0; tries < 20 && !environment.includes('_BASE_URL='); tries++) {
      await sleep(250);
      environment = await readEnvironment();
    }
    assert.match(environment, new RegExp(`^ANTHROPIC_BASE_URL=${url}/t/${token}/gateway/anthropic$`, 'm'));
    assert.match(environment, new RegExp(`^OPENAI_BASE_URL=${url}/t/${token}/gateway/openai/v1$`, 'm'));
    assert.doesNotMatch(environment, /OTEL_|GOOGLE_GEMINI_BASE_URL/);
    await set(undefined);
    for (let tries = 0; tries < 20 && environment.includes('_BASE_URL='); tries++) {
      await sleep(250);
      environment = await readEnvironment();
    }
    assert.doesNotMatch(environment, /_BASE_URL=/);
  }).timeout(60_000);
});
