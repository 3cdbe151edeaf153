/** The first minutes: nothing pops up unasked, the walkthrough leads through its steps, and each step ends when it is done. */
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

describe('a first run', () => {
  const workbench = useWorkbench({
    settings: { 'spendLens.timeZone': 'UTC' },
    // A narrower walkthrough has no pictures.
    viewport: { width: 1680, height: 900 },
  });
  const step = (title: string) => workbench().page.locator('.getting-started-step').filter({ hasText: title });
  let endpoint: Endpoint;

  test('shows nothing that nobody asked for', async () => {
    await workbench().statusBarItem({ id: 'spend' }).waitFor();
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('$0.00');
    await workbench().page.waitForTimeout(2_000);
    expect(await workbench().page.locator('.notification-toast').count()).toBe(0);
    expect(await workbench().page.locator('.tab').count()).toBe(0);
  });

  test('has a walkthrough of five steps, with a picture each', async () => {
    await workbench().runCommand('Spend Lens: Get Started');
    const titles = [
      'Connect an agent',
      'Send a test record',
      'Set a budget',
      'Estimate a prompt before you send it',
      'See where the money went',
    ];
    await step('Connect an agent').waitFor();
    await expect.poll(() => workbench().page.locator('.getting-started-step').count()).toBe(titles.length);
    const pictures = new Set<string>();
    for (const [index, title] of titles.entries()) {
      await step(title).click();
      await expect
        .poll(async () => pictures.add(await workbench().reportFrame().locator('svg').innerHTML()).size, {
          timeout: 10_000,
        })
        .toBe(index + 1);
    }
    await workbench().screenshot('walkthrough');
  });

  test('ends the step of the report when the report is opened', async () => {
    const { page } = workbench();
    await step('See where the money went').click();
    await page.getByRole('button', { name: 'Open Usage Report' }).first().click();
    await workbench().reportFrame().getByRole('heading', { name: 'No calls recorded yet' }).waitFor();
    await workbench().runCommand('View: Close Editor');
    await expect
      .poll(() => step('See where the money went').locator('.codicon-getting-started-step-checked').count())
      .toBeGreaterThan(0);
  });

  test('ends the first steps when a call was recorded', async () => {
    endpoint = await copyEndpoint(workbench());
    await post(endpoint, { model: 'gpt-4.1', prompt_tokens: 1_000, completion_tokens: 500 });
    await expect
      .poll(() => step('Send a test record').locator('.codicon-getting-started-step-checked').count(), {
        timeout: 10_000,
      })
      .toBeGreaterThan(0);
    await workbench().screenshot('walkthrough-done');
  });

  test('links in the tooltip lead to the place in the report that they name', async () => {
    const session = 'link me';
    await post(endpoint, {
      model: 'gpt-4.1',
      prompt_tokens: 1_000,
      completion_tokens: 500,
      session_id: session,
      agent: 'codex',
    });
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('run <$0.01');
    const shown = await workbench().readTooltip();
    expect(shown).toContain('Sessions of the last hour');
    await workbench().screenshot('tooltip-session');
    await workbench().page.locator('.monaco-hover:visible').getByText(session).click();
    await workbench().moveMouseAway();
    await workbench()
      .reportFrame()
      .getByRole('table', { name: /Calls of the session/ })
      .waitFor();
    await workbench().reportFrame().getByRole('heading', { name: session }).waitFor();
    await workbench().readTooltip();
    await workbench().page.locator('.monaco-hover:visible').getByText('Budgets', { exact: true }).click();
    await workbench().moveMouseAway();
    await workbench()
      .reportFrame()
      .getByRole('table', { name: /Budgets now/ })
      .waitFor();
  });
});
