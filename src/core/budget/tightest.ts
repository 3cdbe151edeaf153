import type { BudgetAssessment } from './assess.ts';

const ranks = { none: 0, ok: 1, warning: 2, exceeded: 3 } as const;

/** The worst state first, of these the one of which the largest part is spent, of these the one with the least left: for `sort`. */
export function compareTightness(a: BudgetAssessment, b: BudgetAssessment): number {
  const share = ({ spentUsd, limitUsd }: BudgetAssessment) => (limitUsd === null ? 0 : spentUsd / limitUsd);
  return ranks[b.state] - ranks[a.state] || share(b) - share(a) || (a.remainingUsd ?? 0) - (b.remainingUsd ?? 0);
}

/** The budget to be shown when there is room for one. Undefined when there is none. */
export function findTightest<T extends BudgetAssessment>(assessments: readonly T[]): T | undefined {
  return assessments.filter(({ limitUsd }) => limitUsd !== null).toSorted(compareTightness)[0];
}
