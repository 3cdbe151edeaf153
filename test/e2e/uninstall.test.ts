/** The extension is uninstalled in a real VS Code, and no agent's settings have anything of it any more. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hookCommand } from '../../src/connect/checkScript.ts';
import { connect, planConnection } from '../../src/connect/connection.ts';
import { findOwner } from '../../src/connect/owner.ts';
import { settingsFiles } from '../../src/connect/settingsAgents.ts';
import { runChild } from '../run/childProcess.ts';
import { packageExtension } from '../run/packageExtension.ts';
import { ensureServer } from '../run/vscodeInstall.ts';
import { createProfile, extensionId, installVsix, removeProfile } from '../run/vscodeProfile.ts';
import { startServer } from '../run/vscodeServer.ts';

const texts: Record<string, string> = {
  '.claude/settings.json': '{\r\n\t"env": {"A": "1",}, // mine\r\n}',
  '.codex/config.toml': 'model = "gpt-5" # best',
};

test('uninstalling in VS Code undoes every connection to the byte', async () => {
  const profile = createProfile();
  onTestFinished(() => removeProfile(profile));
  await installVsix(profile, await packageExtension());
  const installed = readdirSync(profile.extensions).find(name => name.startsWith(extensionId)) ?? '';
  const home = path.join(profile.folder, 'home');
  const places = { home, env: {}, platform: process.platform };
  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
    writeFileSync(path.join(home, file), text);
  }
  for (const agent of settingsFiles) {
    const plan = await planConnection(agent, places, {
      destination: { url: 'http://127.0.0.1:40123', token: 'secret-token' },
      owner: findOwner(path.join(profile.extensions, installed, 'dist')),
      parts: { telemetry: true, hook: true },
      hookCommand: hookCommand(places),
    });
    await connect(plan, places, new Date());
  }
  const read = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => path.relative(home, path.join(entry.parentPath, entry.name)))
      // VS Code's own.
      .filter(file => !file.startsWith('.cache'))
      .map(file => [file, readFileSync(path.join(home, file), 'utf8')]);
  expect(read().length).toBeGreaterThan(Object.keys(texts).length);

  const folders = ['user-data', 'server-data'].map(name => `--${name}-dir=${profile.userData}`);
  const args = ['--uninstall-extension', extensionId, '--accept-server-license-terms', ...folders];
  const logFile = path.join(profile.folder, 'uninstall.log');
  const uninstalled = await runChild(
    process.execPath,
    [await ensureServer(), ...args, `--extensions-dir=${profile.extensions}`],
    { timeoutMs: 60_000, logFile },
  );
  expect(uninstalled.code, readFileSync(logFile, 'utf8')).toBe(0);
  // VS Code runs the script of what was uninstalled when it starts the next time.
  const server = await startServer(profile, { env: { HOME: home } });
  onTestFinished(() => server.stop());
  await fetch(server.url);
  await expect.poll(() => Object.fromEntries(read()), { timeout: 60_000 }).toEqual(texts);
  expect(
    readdirSync(home)
      .filter(name => name !== '.cache')
      .sort(),
  ).toEqual(['.claude', '.codex']);
});
