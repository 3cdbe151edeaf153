import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { endEngine } from '../run/vscodeProfile.ts';
import { copyEndpoint } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

/** VS Code would start a terminal anew that nobody has typed into, instead of marking it. */
const quiet = {
  'terminal.integrated.environmentChangesRelaunch': false,
  'terminal.integrated.tabs.hideCondition': 'never',
};

describe('the gateway’s addresses in terminals', () => {
  const workbench = useWorkbench({ settings: { ...quiet, 'spendLens.gateway.terminal': ['anthropic'] } });
  const page = () => workbench().page;
  /** VS Code's mark on a terminal whose environment extensions want to change. */
  const mark = () => page().locator('.single-terminal-tab .codicon-warning');
  const readPid = () => {
    const file = path.join(workbench().profile.globalStorage, 'engine.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid : null;
  };

  test('stay the same when the engine starts anew, so no terminal is marked as stale', async () => {
    await copyEndpoint(workbench());
    await workbench().runCommand('Terminal: Create New Terminal');
    await page().locator('.single-terminal-tab').waitFor();
    const told = path.join(workbench().profile.folder, 'told');
    await page().keyboard.type(`echo "[$ANTHROPIC_BASE_URL][$OPENAI_BASE_URL]" > ${told}\n`);
    await expect
      .poll(() => (existsSync(told) ? readFileSync(told, 'utf8') : ''))
      .toMatch(/^\[http:.+\/gateway\/anthropic\]\[\]\n$/);
    const before = readPid();
    endEngine(workbench().profile);
    await expect.poll(() => readPid() ?? before, { timeout: 30_000 }).not.toBe(before);
    const { url } = await copyEndpoint(workbench());
    expect(readFileSync(told, 'utf8')).toContain(`[${url}/t/`);
    await workbench().screenshot('terminal-same');
    expect(await mark().count()).toBe(0);
  });

  test('mark it when they do change, as when tokens are rotated', async () => {
    await workbench().runCommand('Spend Lens: Rotate Tokens');
    await page().locator('.monaco-dialog-box').getByRole('button', { name: 'Rotate Tokens' }).click();
    await mark().waitFor();
    await workbench().screenshot('terminal-changed');
  });
});
