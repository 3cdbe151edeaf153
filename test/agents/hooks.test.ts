/** Real agents with our hooks: while a budget is spent and enforced, a prompt does not reach the provider. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { vscodeHooks } from '../../src/connect/agents/vscodeHooks.ts';
import { hookCommand } from '../../src/connect/checkScript.ts';
import { connect, disconnect, planConnection } from '../../src/connect/connection.ts';
import type { SettingsAgent } from '../../src/connect/settingsAgent.ts';
import { startProcess } from '../e2e/engineProcess.ts';
import { claudeCode } from './agents/claudeCode.ts';
import { copilotCli } from './agents/copilotCli.ts';
import { driveAgent } from './driveAgent.ts';
import { writeJson } from './files.ts';
import { installAgents } from './install.ts';
import { startFakeProvider } from './provider/fakeProvider.ts';
import type { RealAgent } from './realAgent.ts';

/** Copilot CLI reads the folder of hooks that VS Code's agents read. */
const hooked: readonly (readonly [RealAgent, SettingsAgent])[] = [
  [claudeCode, claudeCode.settings as SettingsAgent],
  [copilotCli, vscodeHooks],
];
let modules = '';

beforeAll(() => {
  modules = installAgents(hooked.map(([agent]) => agent));
}, 600_000);

test.each(hooked)('$name asks before each prompt', async (agent, settings) => {
  const root = mkdtempSync(join(tmpdir(), `sl-hooks-${agent.name}-`));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [home, cwd] = [join(root, 'home'), join(root, 'project')];
  mkdirSync(home);
  mkdirSync(cwd);
  const provider = await startFakeProvider(`${agent.name}_hooks`);
  onTestFinished(() => provider.close());
  writeJson(join(root, 'settings.json'), { budget: { daily: 1, enforce: 'gateway' }, timeZone: 'UTC' });
  const args = ['--storage', join(root, 'storage'), '--port', '0', '--settings', join(root, 'settings.json')];
  const engine = startProcess(args, { HOME: home });
  const { url, token } = await engine.greeting;

  const places = { home, env: {}, platform: process.platform };
  const connection = {
    destination: { url, token },
    owner: home,
    parts: { telemetry: false, hook: true },
    hookCommand: hookCommand(places),
  };
  await connect(await planConnection(settings, places, connection), places, new Date());
  const place = { home, cwd, upstream: () => provider.url, telemetry: null, isChatty: false };
  const one = { ...agent, runs: agent.runs.slice(0, 1) };
  await driveAgent(one, modules, place, `${agent.name}-hooks-allow`);
  const allowed = provider.calls.length;
  expect(allowed).toBeGreaterThan(0);

  const body = JSON.stringify({ model: 'gpt-4.1', input_tokens: 1_000_000, output_tokens: 0 });
  expect((await fetch(`${url}/t/${token}/v1/usage`, { method: 'POST', body })).status).toBe(200);
  // How a blocked prompt ends is the agent's own affair.
  await driveAgent(one, modules, place, `${agent.name}-hooks-deny`).catch(() => undefined);
  expect(provider.calls.length).toBe(allowed);

  expect(await disconnect(settings.id, places)).toEqual({ kind: 'exact' });
  await driveAgent(one, modules, place, `${agent.name}-hooks-gone`);
  expect(provider.calls.length).toBeGreaterThan(allowed);
  await fetch(`${url}/t/${token}/v1/shutdown`, { method: 'POST' });
  expect(await engine.ended).toBe(0);
});
