/** The quick pick that is open, as a person reads it. */
import type { Locator, Page } from 'playwright-core';

export function quickPick(page: Page): Locator {
  return page.locator('.quick-input-widget');
}

/** Its title, once it matches. */
export async function waitForTitle(page: Page, title: RegExp | string): Promise<string> {
  const element = quickPick(page).locator('.quick-input-title').filter({ hasText: title });
  await element.waitFor();
  return ((await element.textContent()) ?? '').trim();
}

/** Every row from the top to the bottom, as a screen reader says it. Rows out of sight are not in the page, hence the keys. */
export async function readRows(page: Page): Promise<string[]> {
  const focused = quickPick(page).locator('.monaco-list-row.focused');
  await page.keyboard.press('Control+Home');
  const rows: string[] = [];
  for (;;) {
    const label = (await focused.getAttribute('aria-label')) ?? '';
    if (rows.includes(label)) {
      return rows;
    }
    rows.push(label);
    await page.keyboard.press('ArrowDown');
  }
}

/** Types into its filter as a person does and takes the first row, which is to be this one. */
export async function typeAndPick(page: Page, text: string, row: string | RegExp): Promise<void> {
  await page.keyboard.type(text);
  await quickPick(page).locator('.monaco-list-row.focused').filter({ hasText: row }).waitFor();
  await page.keyboard.press('Enter');
}

export async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await quickPick(page).waitFor({ state: 'hidden' });
}
