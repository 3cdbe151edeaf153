import type { BudgetList, NoticeAction } from './budgetContract.ts';
import { parseBudgetList } from './parseBudgets.ts';
import { ignore, type Transport } from './transport.ts';

/** Budgets and the notices about them. Each throws as `Client` says. */
export interface BudgetCalls {
  /** Every budget of the token's ledger, with so many of its last periods. */
  budgets(periods: number, signal?: AbortSignal): Promise<BudgetList>;
  /** Lets an enforcing budget be overdrawn for so many minutes; `window` has the budget. Needs the admin token. */
  allowBudget(name: string, minutes: number, window: string, signal?: AbortSignal): Promise<void>;
  answerNotice(id: string, action: NoticeAction, signal?: AbortSignal): Promise<void>;
}

export function createBudgetCalls({ call }: Transport, reads: Readonly<Record<string, string>>): BudgetCalls {
  return {
    budgets: (periods, signal) =>
      call(`/v1/budgets?${new URLSearchParams({ ...reads, periods: String(periods) })}`, { signal }, parseBudgetList),
    allowBudget: (name, minutes, window, signal) => {
      const path = `/v1/budgets/${encodeURIComponent(name)}/allow?window=${encodeURIComponent(window)}`;
      return call(path, { method: 'POST', body: { minutes }, signal }, ignore);
    },
    answerNotice: (id, action, signal) =>
      call(`/v1/notices/${encodeURIComponent(id)}`, { method: 'POST', body: { action }, signal }, ignore),
  };
}
