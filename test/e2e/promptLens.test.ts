import { getEncoding } from 'js-tiktoken';
import { describe, expect, test } from 'vitest';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

const files = {
  'greet.prompt.md': '---\nmodel: gpt-4.1\n---\nSay hello to Ada.\n',
  'AGENTS.md': 'Use tabs. Run the tests before you are done.\n',
  'notes.txt': 'Nothing of this is a prompt.\n',
  'long.prompt.md': 'word '.repeat(250_000),
};

function countTokens(text: string): number {
  return getEncoding('o200k_base').encode(text, [], []).length;
}

describe('the line above a prompt file', () => {
  const workbench = useWorkbench({ files });
  const lens = () => workbench().page.locator('.editor-instance .codelens-decoration');
  const item = () => workbench().page.locator('.statusbar-item[id$=".estimate"]');

  test('shows tokens and cost, and follows an edit', async () => {
    const { page } = workbench();
    await workbench().openFile('greet.prompt.md');
    const before = countTokens('Say hello to Ada.\n');
    await lens()
      .filter({ hasText: `${before} tokens · $` })
      .waitFor();
    expect(await lens().textContent()).toMatch(/^\d+ tokens · \$[\d.]+ with gpt-4\.1$/);
    await item()
      .filter({ hasText: `${before} tok · $` })
      .waitFor();
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('Then ask how the engine is doing, and wait.');
    const after = countTokens('Say hello to Ada.\nThen ask how the engine is doing, and wait.');
    await lens()
      .filter({ hasText: `${after} tokens · $` })
      .waitFor();
    await item()
      .filter({ hasText: `${after} tok · $` })
      .waitFor();
    await workbench().screenshot('estimate-lens');
    await page.keyboard.press('Control+KeyA');
    await page.keyboard.press('Delete');
    await page.keyboard.type('Hi');
    await lens().filter({ hasText: '1 token · $' }).waitFor();
  });

  test('opens the answer', async () => {
    await lens().locator('a').click();
    await workbench().page.locator('.quick-input-title', { hasText: 'greet.prompt.md' }).waitFor();
    await workbench().page.keyboard.press('Escape');
  });

  test('of a file that is sent with every turn says what the turns cost', async () => {
    await workbench().openFile('AGENTS.md');
    const tokens = countTokens(files['AGENTS.md']);
    await lens()
      .filter({ hasText: `${tokens} tok · ` })
      .waitFor();
    expect(await lens().textContent()).toContain('no turns in 30 days');
    await post(
      await copyEndpoint(workbench()),
      Array.from({ length: 212 }, () => ({
        agent: 'codex',
        model: 'gpt-4.1',
        prompt_tokens: 1000,
        completion_tokens: 1,
      })),
    );
    // What the ledger says is asked again half a minute later.
    await workbench().page.waitForTimeout(31_000);
    await workbench().page.locator('.editor-instance .view-lines').first().click();
    await workbench().page.keyboard.type(' ');
    await workbench().page.keyboard.press('Backspace');
    await lens().filter({ hasText: '212 turns in 30 days = $' }).waitFor();
  });

  test('is silent above a long one until somebody asks', async () => {
    await workbench().openFile('long.prompt.md');
    await lens().filter({ hasText: 'Estimate this prompt of 1,250,000 characters' }).waitFor();
    await lens().locator('a').click();
    await workbench().page.locator('.quick-input-title', { hasText: 'long.prompt.md: 250,' }).waitFor();
    await workbench().page.keyboard.press('Escape');
    await lens()
      .filter({ hasText: /250,\d\d\d tokens · \$/ })
      .waitFor();
  });

  test('is above no other file, whose selection the status bar counts', async () => {
    const { page } = workbench();
    await workbench().openFile('notes.txt');
    await page.waitForTimeout(1000);
    expect(await lens().count()).toBe(0);
    await item().waitFor({ state: 'hidden' });
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.press('Control+KeyA');
    await item()
      .filter({ hasText: `${countTokens(files['notes.txt'])} tok · $` })
      .waitFor();
  });
});
