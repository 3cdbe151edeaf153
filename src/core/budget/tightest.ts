import type { BudgetAssessment } from './assess.ts';

const ranks = { none: 0, ok: 1, warning: 2, exceeded: 3 } as const;

/**
 * The budget to be shown when there is room for one: the one in the worst state, of these the one of which the largest part is spent,
 * of these the one with the least left. Undefined when there is none.
 */
export function findTightest<T extends BudgetAssessment>(assessments: readonly T[]): T | undefined {
  const share = ({ spentUsd, limitUsd }: T) => (limitUsd === null ? 0 : spentUsd / limitUsd);
  return assessments
    .filter(({ limitUsd }) => limitUsd !== null)
    .toSorted(
      (a, b) => ranks[b.state] - ranks[a.state] || share(b) - share(a) || (a.remainingUsd ?? 0) - (b.remainingUsd ?? 0),
    )[0];
}
