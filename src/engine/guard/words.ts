import type { WayOn } from '../../api/contract.ts';
import { nanoToUsd } from '../../core/money.ts';
import { createNumberFormats } from '../../core/numberFormats.ts';
import { offsetAt } from '../../core/time/zoneClock.ts';
import type { Verdict } from './guard.ts';

/** What the engine says over HTTP is English. */
const { usd: formatUsd } = createNumberFormats('en', 'unpriced');

const perPeriod = {
  day: ' a day',
  week: ' a week',
  month: ' a month',
  session: ' a session',
  rolling24h: ' in 24 hours',
} as const;

const command = 'run “Spend Lens: Edit Budgets…” in VS Code, or press the button of its notification';

/** Why, in one sentence or two. */
export function describeVerdict(
  { assessed, reservedNanoUsd, cause, allowedUntil }: Verdict,
  expectedNanoUsd: number | null,
  zone: string,
): string {
  const { budget, spentUsd, remainingUsd } = assessed;
  const title = `the budget "${budget.name}" of ${formatUsd(budget.limitUsd)}${perPeriod[budget.period]}`;
  const underWay = reservedNanoUsd > 0 ? `, and calls under way may cost ${formatUsd(nanoToUsd(reservedNanoUsd))}` : '';
  const left = formatUsd(Math.max(0, (remainingUsd ?? 0) - nanoToUsd(reservedNanoUsd)));
  switch (cause) {
    case 'fits':
      return `Of ${title}, ${left} is left${underWay}.`;
    case 'tooDear':
      return `Of ${title}, ${left} is left${underWay}; this call is expected to cost ${formatUsd(nanoToUsd(expectedNanoUsd ?? 0))}.`;
    case 'allowed':
      return `Spent is ${title}: ${formatUsd(spentUsd)} so far${underWay}; it may be overdrawn until ${formatClock(allowedUntil, zone)}.`;
    case 'spent':
      return `Spent is ${title}: ${formatUsd(spentUsd)} so far${underWay}.`;
  }
}

/** What can be done about a budget that is spent. */
export function listWays({ assessed: { budget } }: Verdict, resetsAt: number | null, zone: string): readonly WayOn[] {
  const isEnforced = budget.enforce === 'gateway';
  return [
    ...(isEnforced ? [{ name: 'allow_for_an_hour', title: 'Allow for an Hour', how: command } as const] : []),
    { name: 'raise_budget', title: 'Raise Budget', how: command },
    ...(resetsAt === null
      ? []
      : [{ name: 'wait', title: 'Wait', how: `the budget begins anew at ${formatClock(resetsAt, zone)}` } as const]),
  ];
}

/** The message of a refused call: SDKs show it to people. */
export function describeRefusal(verdict: Verdict, resetsAt: number | null, zone: string): string {
  const wait = resetsAt === null ? '' : `, or wait until ${formatClock(resetsAt, zone)}`;
  return (
    `Spend Lens: ${describeVerdict(verdict, null, zone)} To go on, choose “Allow for an Hour” or “Raise Budget”: ` +
    `${command}${wait}.`
  );
}

/** An instant as the zone's clock shows it: `2026-11-23 00:00 (Europe/Berlin)`. */
function formatClock(ms: number, zone: string): string {
  return `${new Date(ms + offsetAt(ms, zone)).toISOString().slice(0, 16).replace('T', ' ')} (${zone})`;
}
