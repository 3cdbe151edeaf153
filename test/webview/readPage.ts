/** Reading the page as a user does. */
import type { Page } from 'playwright-core';

/** The rows of a breakdown as drawn: the visible texts of each cell, from its name on. */
export async function readTable(page: Page, title: string): Promise<string[][]> {
  const rows = await page
    .getByRole('table', { name: new RegExp(`^${title} \\d`) })
    .locator('tbody tr')
    .all();
  return Promise.all(
    rows.map(row =>
      row.locator('th, td').evaluateAll(cells =>
        cells.map(cell => {
          const parts = [...cell.querySelectorAll<HTMLElement>('.cost > *')].filter(part => !part.hidden);
          return (parts.length > 0 ? parts.map(part => part.textContent) : [cell.textContent])
            .filter(Boolean)
            .join(' ');
        }),
      ),
    ),
  );
}

/** The name of the element that has the focus, through shadow roots. */
export async function readFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });
}

/** The period that the picker shows. */
export async function readPeriod(page: Page): Promise<string | undefined> {
  return (await page.getByRole('combobox', { name: 'Period' }).locator('.selected-value').textContent())?.trim();
}
