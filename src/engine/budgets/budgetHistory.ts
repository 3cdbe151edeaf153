import type { BudgetPeriodSpend } from '../../api/contract.ts';
import type { Budget } from '../../core/budget/budget.ts';
import { createFilter } from '../../core/budget/match.ts';
import { budgetRange, previousRange, type TimedPeriod } from '../../core/budget/period.ts';
import { nanoToUsd } from '../../core/money.ts';
import type { GroupKey, GroupSums, Range } from '../../core/sums.ts';
import { startOfDay } from '../../core/time/calendar.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { MachineSums } from '../machine/machineSums.ts';

export interface HistoryInput {
  readonly live: LiveLedger;
  /** Every open ledger. */
  readonly ledgers: readonly LiveLedger[];
  readonly machineSums: MachineSums | null;
  readonly budget: Budget;
  /** Periods told, the one under way among them. */
  readonly count: number;
  /** Epoch ms. */
  readonly nowMs: number;
}

/** How far back sessions are looked for. ms. */
const sessionsMs = 30 * 86_400_000;
/** Blocks of 24 hours that are kept by quarters of an hour. */
const maxBlocks = 30;

/** What each of the last periods spent, the newest first. Sessions are those with calls of the last 30 days in ledgers that are open. */
export async function readHistory(input: HistoryInput): Promise<readonly BudgetPeriodSpend[]> {
  const { budget, count, live, nowMs } = input;
  if (budget.period === 'session') {
    return readSessions(input, budget);
  }
  const ranges = listRanges(
    budget.period,
    Math.min(count, budget.period === 'rolling24h' ? maxBlocks : count),
    nowMs,
    live.zone,
  );
  const spent = budget.period === 'rolling24h' ? sumBlocks(input, ranges) : await sumDays(input, ranges);
  return ranges.map(({ fromMs, toMs }, index) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    session_id: null,
    spent_usd: nanoToUsd(spent[index] ?? 0),
    limit_usd: budget.limitUsd,
  }));
}

function listRanges(period: TimedPeriod, count: number, nowMs: number, zone: string): readonly Range[] {
  const ranges = [budgetRange(period, nowMs, zone)];
  while (ranges.length < count) {
    ranges.push(previousRange(period, ranges.at(-1) ?? { fromMs: nowMs, toMs: nowMs }, zone));
  }
  return ranges;
}

const dimensions = {
  agent: 'agent',
  model: 'model',
  taskType: 'task_type',
  user: 'user_id',
  branch: 'branch',
} as const;

/** Days, of which weeks and months are sums, from the rollups. */
async function sumDays({ live, machineSums, budget }: HistoryInput, ranges: readonly Range[]): Promise<number[]> {
  const matched = Object.keys(budget.match).map(key => dimensions[key as keyof typeof dimensions]);
  const keys: GroupKey[] = ['day', 'plan', ...matched];
  const whole = { fromMs: ranges.at(-1)?.fromMs ?? 0, toMs: ranges[0]?.toMs ?? 0 };
  const groups =
    budget.scope === 'machine' && machineSums
      ? (await machineSums.group(whole, keys, live.zone)).groups
      : live.ledger.group(whole, keys, live.zone);
  const accepts = createFilter(budget);
  const spent = ranges.map(() => 0);
  for (const { key, sums } of groups) {
    if (accepts(facetOf(key))) {
      const at = startOfDay(key.day ?? '', live.zone);
      const index = ranges.findIndex(({ fromMs, toMs }) => at >= fromMs && at < toMs);
      spent[index] = (spent[index] ?? 0) + sums.costNanoUsd;
    }
  }
  return spent;
}

function facetOf(key: GroupSums['key']) {
  return {
    agent: key.agent ?? null,
    model: key.model ?? null,
    taskType: key.task_type ?? null,
    userId: key.user_id ?? null,
    branch: key.branch ?? null,
    plan: key.plan ?? null,
  };
}

function sumBlocks({ live, budget }: HistoryInput, ranges: readonly Range[]): number[] {
  return ranges.map(range => live.budgets.sum(budget, range));
}

function readSessions({ live, ledgers, budget, count, nowMs }: HistoryInput, session: Budget): BudgetPeriodSpend[] {
  const range = { fromMs: nowMs - sessionsMs, toMs: nowMs + sessionsMs };
  const asked = budget.scope === 'machine' ? ledgers : [live];
  const last = new Map<string, Range>();
  for (const { sessionId, firstMs, lastMs } of asked.flatMap(({ ledger }) => ledger.sessions(range))) {
    if (sessionId !== null) {
      const known = last.get(sessionId) ?? { fromMs: firstMs, toMs: lastMs };
      last.set(sessionId, { fromMs: Math.min(known.fromMs, firstMs), toMs: Math.max(known.toMs, lastMs) });
    }
  }
  return [...last]
    .sort(([, a], [, b]) => b.toMs - a.toMs)
    .slice(0, count)
    .map(([name, { fromMs, toMs }]) => ({
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      session_id: name,
      spent_usd: nanoToUsd(live.budgets.sessionSum(session, name)),
      limit_usd: budget.limitUsd,
    }));
}
