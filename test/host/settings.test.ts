import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultSettings, type Setting, section } from '../../src/contributions.ts';

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
});
