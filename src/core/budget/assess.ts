import { nanoToUsd, usdToNano } from '../money.ts';

export type BudgetState = 'none' | 'ok' | 'warning' | 'exceeded';

export interface BudgetInput {
  /** An integer. */
  readonly spentNanoUsd: number;
  /** 0 means no budget. */
  readonly limitUsd: number;
  /** Percent of the limit. */
  readonly thresholds: readonly number[];
}

export interface BudgetAssessment {
  readonly state: BudgetState;
  readonly spentUsd: number;
  /** Null when there is no budget. */
  readonly limitUsd: number | null;
  /** What may still be spent, never below 0: how far a budget is overdrawn is spent minus limit. Null without a budget. */
  readonly remainingUsd: number | null;
  /** The thresholds reached, ascending, each once. */
  readonly crossed: readonly number[];
}

/** Thresholds up to here show in the tooltip only; those above notify. Percent. */
const quietPercent = 50;

/** The thresholds that notify: those above 50 %, ascending, each once. */
export function notifyingThresholds(thresholds: readonly number[]): readonly number[] {
  return sorted(thresholds).filter(threshold => threshold > quietPercent);
}

/**
 * How a sum stands against a limit. `≥` crosses: reaching a threshold exactly counts, and is compared in integers. `exceeded`
 * from 100 % on, whatever the thresholds; `warning` from the lowest threshold that notifies. A limit that is 0, negative or
 * no number is no budget.
 */
export function assessBudget({ spentNanoUsd, limitUsd, thresholds }: BudgetInput): BudgetAssessment {
  const spentUsd = nanoToUsd(spentNanoUsd);
  const limitNanoUsd = limitUsd > 0 && Number.isFinite(limitUsd) ? usdToNano(limitUsd) : 0;
  if (limitNanoUsd <= 0) {
    return { state: 'none', spentUsd, limitUsd: null, remainingUsd: null, crossed: [] };
  }
  const crossed = sorted(thresholds).filter(threshold => isReached(spentNanoUsd, limitNanoUsd, threshold));
  const state = isReached(spentNanoUsd, limitNanoUsd, 100)
    ? 'exceeded'
    : notifyingThresholds(crossed).length > 0
      ? 'warning'
      : 'ok';
  const remainingUsd = nanoToUsd(Math.max(0, limitNanoUsd - spentNanoUsd));
  return { state, spentUsd, limitUsd, remainingUsd, crossed };
}

/** Whether spent ≥ limit × percent, exactly; percents count to three decimals. */
function isReached(spentNanoUsd: number, limitNanoUsd: number, percent: number): boolean {
  return BigInt(spentNanoUsd) * 100_000n >= BigInt(limitNanoUsd) * BigInt(Math.round(percent * 1000));
}

function sorted(thresholds: readonly number[]): readonly number[] {
  return [...new Set(thresholds)].filter(threshold => Number.isFinite(threshold)).sort((a, b) => a - b);
}
