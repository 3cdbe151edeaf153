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

/** How sums stand against one limit: a function of nano-USD, quick enough to be asked with every call. */
export function createAssessor({
  limitUsd,
  thresholds,
}: Omit<BudgetInput, 'spentNanoUsd'>): (spentNanoUsd: number) => BudgetAssessment {
  const limitNanoUsd = limitUsd > 0 && Number.isFinite(limitUsd) ? usdToNano(limitUsd) : 0;
  if (limitNanoUsd <= 0) {
    const none = { state: 'none', limitUsd: null, remainingUsd: null, crossed: [] } as const;
    return spentNanoUsd => ({ ...none, spentUsd: nanoToUsd(spentNanoUsd) });
  }
  const steps = sorted(thresholds);
  const places = steps.map(threshold => findPlace(limitNanoUsd, threshold));
  const end = findPlace(limitNanoUsd, 100);
  const warning = findPlace(limitNanoUsd, notifyingThresholds(thresholds)[0] ?? 100);
  const lists = Array.from({ length: steps.length + 1 }, (_, count) => steps.slice(0, count));
  return spentNanoUsd => {
    const count = places.filter(place => spentNanoUsd >= place).length;
    return {
      state: spentNanoUsd >= end ? 'exceeded' : spentNanoUsd >= warning ? 'warning' : 'ok',
      spentUsd: nanoToUsd(spentNanoUsd),
      limitUsd,
      remainingUsd: nanoToUsd(Math.max(0, limitNanoUsd - spentNanoUsd)),
      crossed: lists[count] ?? steps,
    };
  };
}

/**
 * How a sum stands against a limit. `≥` crosses: reaching a threshold exactly counts, and is compared in integers. `exceeded`
 * from 100 % on, whatever the thresholds; `warning` from the lowest threshold that notifies. A limit that is 0, negative or
 * no number is no budget.
 */
export function assessBudget({ spentNanoUsd, limitUsd, thresholds }: BudgetInput): BudgetAssessment {
  return createAssessor({ limitUsd, thresholds })(spentNanoUsd);
}

/** The least whole number of nano-USD that is at least so many percent of a limit; percents count to three decimals. */
function findPlace(limitNanoUsd: number, percent: number): number {
  const scaled = BigInt(limitNanoUsd) * BigInt(Math.round(percent * 1000));
  return Number((scaled + 99_999n) / 100_000n);
}

function sorted(thresholds: readonly number[]): readonly number[] {
  return [...new Set(thresholds)].filter(threshold => Number.isFinite(threshold)).sort((a, b) => a - b);
}
