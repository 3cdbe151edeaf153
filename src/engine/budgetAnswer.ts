import type { BudgetAnswer } from '../api/contract.ts';
import type { Settings } from '../contributions.ts';
import { assessBudget, type BudgetAssessment } from '../core/budget/assess.ts';

/** How a spend of so many nano-USD stands against the daily budget. */
export function assessSpend(spentNanoUsd: number, settings: Settings): BudgetAssessment {
  return assessBudget({
    spentNanoUsd,
    limitUsd: settings['budget.daily'],
    thresholds: settings['budget.thresholds'],
  });
}

/** An assessment as the interface shows it. */
export function formatBudget({ spentUsd, limitUsd, remainingUsd, state }: BudgetAssessment): BudgetAnswer {
  return { spent_usd: spentUsd, limit_usd: limitUsd, remaining_usd: remainingUsd, state };
}
