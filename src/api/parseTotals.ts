import { isArrayOf, isNullOr, type Json, parseObject, requireStrings, requireThat } from './answerShape.ts';
import { parseBudget } from './parseBudgets.ts';
import { parseRecordOutline } from './parseRecords.ts';
import { requireFigures } from './parseSums.ts';
import type { Totals } from './totalsContract.ts';

export function parseTotals(value: unknown): Totals {
  const totals = parseObject(value, 'totals');
  for (const period of ['today', 'week', 'month'] as const) {
    requireFigures(totals[period], `totals.${period}`);
  }
  requireThat(Array.isArray(totals.top_models), 'totals.top_models');
  for (const model of totals.top_models as unknown[]) {
    requireThat(isNullOr(parseObject(model, 'totals.top_models').model, 'string'), 'totals.top_models');
    requireFigures(model, 'totals.top_models');
  }
  requireThat(isArrayOf(totals.unpriced_models, 'string'), 'totals.unpriced_models');
  if (totals.last_record !== null) {
    parseRecordOutline(totals.last_record);
  }
  const budget = parseBudget(totals.budget);
  requireThat(isArrayOf((budget as unknown as Json).crossed, 'number'), 'totals.budget.crossed');
  requireThat(Array.isArray(totals.budgets), 'totals.budgets');
  for (const entry of totals.budgets as unknown[]) {
    requireStrings(parseBudget(entry) as unknown as Json, ['name', 'period', 'scope', 'enforce'], 'totals.budgets');
    requireThat(isArrayOf((entry as Json).crossed, 'number'), 'totals.budgets.crossed');
  }
  if (totals.burn !== null) {
    requireThat(typeof parseObject(totals.burn, 'totals.burn').usd_per_hour === 'number', 'totals.burn');
  }
  return value as Totals;
}
