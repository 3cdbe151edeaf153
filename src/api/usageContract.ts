/** The answer to recorded usage (docs/http-api.md). Types only. */
import type { CostBasis } from '../core/prices/cost.ts';
import type { BudgetAnswer } from './budgetContract.ts';

export interface UsageAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly field: string | null; readonly error: string }[];
  /** `records[i]` belongs to input i; null when it was rejected. */
  readonly records: readonly ({
    readonly id: string;
    readonly cost_usd: number | null;
    readonly cost_basis: CostBasis;
  } | null)[];
  readonly budget: BudgetAnswer;
}
