import type { Totals } from '../../api/contract.ts';
import { periodRange } from '../../core/time/calendar.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { LedgerBudgets } from '../budgets/ledgerBudgets.ts';
import { compareSums, formatFigures, formatOutline } from './figures.ts';
import type { RecentSessions } from './recentSessions.ts';

const topModels = 5;
const unpricedModels = 20;

/** What totals are computed from, at one instant. */
export interface TotalsInput {
  readonly ledger: Ledger;
  readonly budgets: LedgerBudgets;
  readonly recent: RecentSessions;
  /** IANA zone of the days. */
  readonly zone: string;
  /** Epoch ms. */
  readonly nowMs: number;
}

/** What the status bar shows. */
export function computeTotals({ ledger, budgets, recent, zone, nowMs }: TotalsInput): Totals {
  const todayRange = periodRange('today', nowMs, zone);
  const monthRange = periodRange('month', nowMs, zone);
  const today = ledger.sum(todayRange);
  const models = ledger.group(todayRange, ['model'], zone).sort((a, b) => compareSums(a.sums, b.sums));
  const [last] = ledger.recent(1);
  return {
    today: formatFigures(today),
    week: formatFigures(ledger.sum(periodRange('week', nowMs, zone))),
    month: formatFigures(ledger.sum(monthRange)),
    top_models: models.slice(0, topModels).map(({ key, sums }) => ({
      model: key.model ?? null,
      ...formatFigures(sums),
    })),
    unpriced_models: ledger.unpricedModels(monthRange).slice(0, unpricedModels),
    last_record: last ? formatOutline(last) : null,
    sessions: recent.list(),
    budget: budgets.tightest(),
    budgets: budgets.statuses(),
    burn: budgets.burn(),
  };
}
