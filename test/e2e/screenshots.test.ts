/** `npm run screenshots`: the pictures of the README, from a real window with the sample traffic in it. */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayOf, startOfDay } from '../../src/core/time/calendar.ts';
import { playTraffic } from '../run/demo/playTraffic.ts';
import { type SampleCall, sampleCalls, toFlatRecord } from '../run/demo/sampleTraffic.ts';
import { root } from '../run/paths.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { leave, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const images = path.join(root, 'docs/images');
const dayMs = 86_400_000;

/** Parts of the sample traffic that earlier days saw, the day before today first; the tenth of a second model on some. */
const pastDays = [
  { share: 0.9, reviewer: true },
  { share: 0.55, reviewer: false },
  { share: 0.75, reviewer: true },
  { share: 0.35, reviewer: false },
  { share: 0.65, reviewer: true },
  { share: 0.15, reviewer: false },
];

/** The calls of a day past: those of the sample, from nine to half past five UTC, reviews by another maker's model. */
function callsOf(daysAgo: number, share: number, hasReviewer: boolean): object[] {
  const startOfWork = startOfDay(dayOf(Date.now() - daysAgo * dayMs, 'UTC'), 'UTC') + 9 * 3_600_000;
  const calls = sampleCalls();
  const made = calls.slice(0, Math.round(calls.length * share));
  return made.map((call, index) => {
    const dated: SampleCall = {
      ...call,
      requestId: `${call.requestId}-${daysAgo}`,
      sessionId: `${call.sessionId}-${daysAgo}`,
    };
    const record = toFlatRecord(dated, new Date(startOfWork + (index * 8.5 * 3_600_000) / made.length));
    const isReview = hasReviewer && call.taskType === 'code-review' && call.model === 'gpt-4.1';
    return isReview ? { ...record, provider: 'anthropic', model: 'claude-sonnet-4-20250514' } : record;
  });
}

describe('the pictures', () => {
  const workbench = useWorkbench({
    settings: {
      'spendLens.timeZone': 'UTC',
      'workbench.colorTheme': 'Default Dark Modern',
      'workbench.layoutControl.enabled': false,
      'window.commandCenter': false,
      'editor.minimap.enabled': false,
    },
    viewport: { width: 1280, height: 860 },
  });
  const picture = (name: string): string => path.join(images, name);

  test('have a week of traffic to show', async () => {
    mkdirSync(images, { recursive: true });
    cpSync(path.join(root, 'test/fixtures/demo/workspace'), workbench().profile.workspace, { recursive: true });
    const endpoint = await copyEndpoint(workbench());
    for (const [index, { share, reviewer }] of pastDays.entries()) {
      await post(endpoint, callsOf(index + 1, share, reviewer));
    }
    await playTraffic({ endpoint, startOfToday: startOfDay(dayOf(Date.now(), 'UTC'), 'UTC'), onLiveCall: () => {} });
    // Of the sample's $3.25.
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('$3.25');
  });

  test('report.png', async () => {
    const { page } = workbench();
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await workbench().runCommand('View: Toggle Primary Side Bar Visibility');
    await workbench().runCommand('Notifications: Clear All Notifications');
    await workbench()
      .reportFrame()
      .getByRole('table', { name: /Breakdown by model/ })
      .getByText('claude')
      .waitFor();
    // Bars grow.
    await page.waitForTimeout(2_000);
    await page.screenshot({ path: picture('report.png') });
    await workbench().runCommand('View: Toggle Primary Side Bar Visibility');
  });

  test('status-bar.png', async () => {
    const { page } = workbench();
    await workbench().runCommand('View: Close All Editors');
    await workbench().readTooltip();
    const tooltip = page.locator('.monaco-hover:visible').filter({ hasText: 'Spend Lens' });
    const { x, y } = (await tooltip.boundingBox()) ?? { x: 0, y: 0 };
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    const margin = 24;
    const clip = { x: x - margin, y: y - margin, width: width - x + margin, height: height - y + margin };
    await page.screenshot({ path: picture('status-bar.png'), clip });
    await workbench().moveMouseAway();
  });

  test('estimate.png', async () => {
    const { page } = workbench();
    await workbench().openFile('review.prompt.md');
    await workbench().runCommand('Spend Lens: Estimate Prompt Cost');
    await waitForTitle(page, 'tokens');
    // The list fades in.
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: picture('estimate.png'), clip: { x: 0, y: 0, width: 1280, height: 460 } });
    await leave(page);
  });
});
