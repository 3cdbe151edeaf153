import { getEncoding } from 'js-tiktoken';
import type { Locator } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { leave, quickPick, readRows, typeAndPick, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const title = 'Estimate Prompt Cost';
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'text', text: 'Say hello to Ada, then stop.' }] },
];
const files = {
  'prompt.md': 'Explain the outage of 2026-03-02 to a customer.\nGrüße, 你好, 🙂.\n\n```ts\nconst retries = 3;\n```\n',
  'front.md': '---\nmodel: gpt-4.1-mini\n---\nSay hello to Ada.\n',
  'claude.md': '---\nmodel: claude-sonnet-4-20250514\n---\nSay hello to Ada, who has been waiting for it.\n',
  'special.txt': 'Stop at <|endoftext|>, not at <|fim_prefix|>.',
  'letters.txt': 'a'.repeat(200_000),
  'empty.md': ' \n',
  'chat.json': JSON.stringify(messages),
  'silent.json': JSON.stringify([{ role: 'user', content: '' }]),
  'program.ts': 'export const answer = 42;\n',
  'with-files.prompt.md': 'Test #file:program.ts as [these](./gone.md) and [those](../outside.md) say.\n',
};

/** js-tiktoken's own count; special tokens are text. */
function countTokens(text: string, encoding: 'o200k_base' | 'cl100k_base' = 'o200k_base'): number {
  return getEncoding(encoding).encode(text, [], []).length;
}

const format = (tokens: number): string => tokens.toLocaleString('en-US');

/** The cost of a row of the comparison, USD. */
function readCost(row: string): number {
  return Number(/\$([\d.]+)/.exec(row)?.[1]);
}

describe(title, () => {
  const workbench = useWorkbench({ files });
  const estimateFile = async (name: string, expected: RegExp | string): Promise<string> => {
    await workbench().openFile(name);
    await workbench().runCommand(`Spend Lens: ${title}`);
    return waitForTitle(workbench().page, expected);
  };
  const explorerRow = (name: string): Locator =>
    workbench().page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
  const menuItem = (): Locator => workbench().page.getByRole('menuitem', { name: title });
  const clickMenuItem = async (): Promise<void> => {
    await menuItem().waitFor();
    // A menu takes no click that follows at once the one that opened it.
    await workbench().page.waitForTimeout(400);
    await menuItem().click();
  };

  // Not afterwards: the picture of a failed test would lack its list.
  beforeEach(async () => {
    await leave(workbench().page);
  });

  test('counts a whole file as js-tiktoken does and answers for the model of the settings', async () => {
    const { page } = workbench();
    const tokens = countTokens(files['prompt.md']);
    // The engine is there, so that the budget is known.
    await page.locator('.statusbar-item', { hasText: '$0.00' }).waitFor();
    await estimateFile('prompt.md', `prompt.md: ${tokens} tokens · $`);
    const rows = await readRows(page);
    const inputUsd = (tokens * 2) / 1e6;
    expect(rows[0]).toBe(`Input tokens, ${tokens} tokens, gpt-4.1 · from the settings`);
    expect(rows.slice(1, 6)).toEqual([
      `Input, $${inputUsd.toFixed(9).replace(/0+$/, '')} · $${(inputUsd / 4).toFixed(9).replace(/0+$/, '')} from a cache`,
      'Output, $0.004 (500 tokens expected)',
      `Total, $${(inputUsd + 0.004).toFixed(9).replace(/0+$/, '')}`,
      "Budget, <1% of what is left of today's budget",
      'list-ordered  Compare Models',
    ]);
    expect(rows).toHaveLength(6);
    await page.keyboard.press('Control+Home');
    await workbench().screenshot('estimate');
  });

  test('lists other models, cheapest first, those of unknown tokenizers with ≈', async () => {
    const { page } = workbench();
    await estimateFile('prompt.md', 'prompt.md');
    await quickPick(page).getByRole('button', { name: 'Compare Models' }).click();
    await quickPick(page).locator('.monaco-list-row', { hasText: 'gpt-4.1-nano' }).waitFor();
    const rows = (await readRows(page)).filter(row => /\$[\d.]+.* tokens/.test(row) && !/^(Input|Output)/.test(row));
    expect(rows.length).toBeGreaterThan(10);
    const costs = rows.map(readCost);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    expect(rows.filter(row => row.startsWith('check')).map(row => row.split(',')[0])).toEqual(['check  gpt-4.1']);
    for (const row of rows) {
      expect(row.includes('≈'), row).toBe(!/gpt-(4\.1|5)/.test(row));
    }
  });

  test("counts an editor's selection, from its context menu", async () => {
    const { page } = workbench();
    await workbench().openFile('prompt.md');
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page
      .locator('.editor-instance .view-line', { hasText: 'outage' })
      .getByText('outage')
      .click({ button: 'right' });
    await clickMenuItem();
    const tokens = countTokens(`${files['prompt.md'].split('\n')[0]}\n`);
    await waitForTitle(page, `Selection in prompt.md: ${tokens} tokens`);
  });

  test('counts a prompt file from the explorer, whose front matter names the model; other files are not offered it', async () => {
    const { page } = workbench();
    await explorerRow('program.ts').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy Path' }).first().waitFor();
    expect(await menuItem().count()).toBe(0);
    await page.keyboard.press('Escape');
    await explorerRow('front.md').click({ button: 'right' });
    await clickMenuItem();
    const tokens = countTokens('Say hello to Ada.\n');
    await waitForTitle(page, new RegExp(`front.md: ${tokens} tokens · .* with gpt-4.1-mini`));
    expect((await readRows(page))[0]).toContain('gpt-4.1-mini · named by the prompt');
  });

  test('counts an array of chat messages: 4 tokens for each and 3 for all, over their texts', async () => {
    const texts = countTokens('Be brief.') + countTokens('Say hello to Ada, then stop.');
    await estimateFile('chat.json', `chat.json: ${texts + 2 * 4 + 3} tokens`);
    await leave(workbench().page);
    await estimateFile('silent.json', 'silent.json: 7 tokens');
  });

  test('marks a family without a public tokenizer and gives a range', async () => {
    const { page } = workbench();
    const shown = await estimateFile('claude.md', 'with claude-sonnet-4-20250514');
    expect(shown).toMatch(/≈ \d+ tokens \(\d+–\d+\) · ≈ \$[\d.]+/);
    const [, about, low, high] = (/≈ (\d+) tokens \((\d+)–(\d+)\)/.exec(shown) ?? []).map(Number);
    expect(low).toBeLessThan(about as number);
    expect(high).toBeGreaterThan(about as number);
    expect((await readRows(page)).join('\n')).toContain('claude-sonnet-4-20250514 has no public tokenizer');
    await page.keyboard.press('Control+Home');
    await workbench().screenshot('estimate-range');
  });

  test('answers for another model that is picked, and for one that is typed', async () => {
    const { page } = workbench();
    await estimateFile('claude.md', 'with claude-sonnet-4-20250514');
    await typeAndPick(page, 'nano', 'gpt-4.1-nano');
    const text = 'Say hello to Ada, who has been waiting for it.\n';
    await waitForTitle(page, `claude.md: ${countTokens(text)} tokens · $`);
    expect((await readRows(page))[0]).toContain('gpt-4.1-nano · chosen here');
    // Another encoding than that of all models of the list: counted anew.
    await typeAndPick(page, 'gpt-4-turbo', 'Estimate with another model: “gpt-4-turbo”');
    await waitForTitle(page, `claude.md: ${countTokens(text, 'cl100k_base')} tokens · $`);
    expect((await readRows(page))[0]).toContain('gpt-4-turbo · chosen here');
  });

  test('makes a model that was chosen the default', async () => {
    const { page } = workbench();
    await estimateFile('special.txt', 'special.txt');
    await typeAndPick(page, 'gpt-5-mini', 'gpt-5-mini');
    await waitForTitle(page, 'with gpt-5-mini');
    await typeAndPick(page, 'as Default', 'Set gpt-5-mini as Default Model');
    await leave(page);
    await estimateFile('special.txt', 'with gpt-5-mini');
    await typeAndPick(page, 'gpt-4.1', 'gpt-4.1');
    await waitForTitle(page, 'with gpt-4.1');
    await typeAndPick(page, 'as Default', 'Set gpt-4.1 as Default Model');
  });

  test('counts the files that a prompt sends along, lists them, and says which are missing', async () => {
    const { page } = workbench();
    const tokens = countTokens(files['with-files.prompt.md']) + countTokens(files['program.ts']);
    await estimateFile('with-files.prompt.md', `with-files.prompt.md: ${tokens} tokens`);
    const rows = await readRows(page);
    expect(rows.find(row => row.startsWith('program.ts'))).toContain(`${countTokens(files['program.ts'])} tokens · `);
    expect(rows.join('\n')).toContain('gone.md is referred to and does not exist.');
    expect(rows.join('\n')).toContain('../outside.md is outside of the workspace and is not counted.');
  });

  test('takes the names of special tokens for text', async () => {
    await estimateFile('special.txt', `special.txt: ${countTokens(files['special.txt'])} tokens`);
  });

  test('counts 200 kB of one letter at once', async () => {
    await workbench().openFile('letters.txt');
    const since = performance.now();
    await workbench().runCommand(`Spend Lens: ${title}`);
    // js-tiktoken itself takes minutes for it: a token is eight letters.
    await waitForTitle(workbench().page, `letters.txt: ${format(25_000)} tokens`);
    const ms = Math.round(performance.now() - since);
    console.log(`200 kB of one letter: ${ms} ms from the palette to the answer`);
    expect(ms).toBeLessThan(3_000);
    expect((await readRows(workbench().page))[0]).toMatch(/25,000 tokens · \d% of the context window/);
  });

  test('copies the figures', async () => {
    await estimateFile('special.txt', 'special.txt');
    await quickPick(workbench().page).getByRole('button', { name: 'Copy Figures' }).click();
    await expect
      .poll(() => workbench().readClipboard())
      .toMatch(
        /^special.txt · gpt-4.1\nInput tokens: \d+ tokens\nInput: \$[\d.]+.*\nOutput: .*\nTotal: \$[\d.]+\nBudget: .*$/,
      );
  });

  test('says so when there is nothing to estimate', async () => {
    await workbench().openFile('empty.md');
    await workbench().runCommand(`Spend Lens: ${title}`);
    await workbench().notification('empty.md is empty: there is nothing to estimate.').waitFor();
  });
});
