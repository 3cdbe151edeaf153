/** Reading the page as a user does. */
import type { Locator, Page } from 'playwright-core';

/** The rows of a table as drawn: the visible texts of each cell, from its name on. */
export async function readTable(page: Page | Locator, title: string | RegExp): Promise<string[][]> {
  const name = typeof title === 'string' ? new RegExp(`^${title} \\d`) : title;
  const rows = await page.getByRole('table', { name }).locator('tbody tr').all();
  return Promise.all(rows.map(readRow));
}

export function readRow(row: Locator): Promise<string[]> {
  return row.locator('th, td:not(.span)').evaluateAll(cells =>
    cells.map(cell =>
      [...cell.querySelectorAll<HTMLElement>('.cell > *')]
        .filter(part => !part.hidden)
        .map(part => part.textContent)
        .filter(Boolean)
        .join(' '),
    ),
  );
}

/** The overview's figures by their labels: the figure, and the line below it. */
export async function readFigures(
  page: Page | Locator,
): Promise<Record<string, readonly [value: string, detail: string]>> {
  const cells = await page.locator('.figure').all();
  const entries = await Promise.all(
    cells.map(async cell => {
      const read = async (part: string) => ((await cell.locator(part).textContent()) ?? '').trim();
      return [await read('dt'), [await read('.value'), await read('.detail')]] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** The name of the element that has the focus, through shadow roots. */
export async function readFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });
}

/** What a list to choose from shows. */
export async function readChoice(page: Page, name: string): Promise<string | undefined> {
  return (await page.getByRole('combobox', { name, exact: true }).locator('.selected-value').textContent())?.trim();
}

/** Chooses from a list. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}
