import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultSettings, type Setting, section } from '../../src/contributions.ts';
import { readNetworkSettings } from '../../src/ui/network.ts';

describe('the settings', () => {
  const keys = Object.keys(defaultSettings) as Setting[];

  it('have the defaults that the code knows, as VS Code tells them', () => {
    const configuration = vscode.workspace.getConfiguration(section);
    const told = Object.fromEntries(keys.map(key => [key, configuration.inspect(key)?.defaultValue]));
    assert.deepEqual(told, defaultSettings);
  });

  it('are in effect unless somebody set them', () => {
    const configuration = vscode.workspace.getConfiguration(section);
    const inEffect = Object.fromEntries(keys.map(key => [key, configuration.get(key)]));
    // The profile of this suite sets its zone.
    assert.deepEqual(inEffect, { ...defaultSettings, timeZone: 'UTC' });
  });

  it('let no workspace choose the port', async () => {
    const configuration = vscode.workspace.getConfiguration(section);
    const write = configuration.update('ingest.port', 1, vscode.ConfigurationTarget.Workspace);
    await assert.rejects(async () => write);
    assert.equal(vscode.workspace.getConfiguration(section).get('ingest.port'), 0);
  });

  it('let no workspace choose where the gateway sends calls, and with them the keys', async () => {
    const configuration = vscode.workspace.getConfiguration(section);
    const { Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
    for (const target of [Workspace, WorkspaceFolder]) {
      await assert.rejects(async () =>
        configuration.update('gateway.upstreams', { openai: 'http://evil.example' }, target),
      );
    }
    // What a folder's settings.json says all the same is not read.
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    const before = await readIfThere(file);
    const evil = {
      'spendLens.gateway.upstreams': { openai: 'http://evil.example' },
      'http.proxy': 'http://evil.example',
    };
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify({ ...evil, 'editor.tabSize': 7 })));
    try {
      await waitFor(() => vscode.workspace.getConfiguration('editor', folder).get('tabSize') === 7);
      assert.deepEqual(vscode.workspace.getConfiguration(section, folder).get('gateway.upstreams'), {});
      assert.equal(readNetworkSettings().proxy, '');
    } finally {
      await (before ? vscode.workspace.fs.writeFile(file, before) : vscode.workspace.fs.delete(file));
    }
  });

  it('tell the user’s proxy to the engine', async () => {
    const configuration = vscode.workspace.getConfiguration('http');
    assert.deepEqual(readNetworkSettings(), { proxy: '', strictSSL: true, noProxy: [], systemCertificates: true });
    await configuration.update('proxy', 'http://127.0.0.1:9', vscode.ConfigurationTarget.Global);
    await configuration.update('noProxy', ['one.test'], vscode.ConfigurationTarget.Global);
    await configuration.update('proxyStrictSSL', false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(readNetworkSettings(), {
        proxy: 'http://127.0.0.1:9',
        strictSSL: false,
        noProxy: ['one.test'],
        systemCertificates: true,
      });
      await configuration.update('proxySupport', 'off', vscode.ConfigurationTarget.Global);
      assert.equal(readNetworkSettings().proxy, null);
    } finally {
      for (const key of ['proxy', 'noProxy', 'proxyStrictSSL', 'proxySupport']) {
        await configuration.update(key, undefined, vscode.ConfigurationTarget.Global);
      }
    }
  });
});

async function readIfThere(file: vscode.Uri): Promise<Uint8Array | null> {
  try {
    return await vscode.workspace.fs.readFile(file);
  } catch {
    return null;
  }
}

async function waitFor(isTrue: () => boolean): Promise<void> {
  for (const until = Date.now() + 5000; !isTrue(); ) {
    assert.ok(Date.now() < until, 'It did not come true.');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
