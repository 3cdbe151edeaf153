import type { BudgetAnswer, BudgetStatus, Burn } from '../../api/contract.ts';
import type { ThresholdEvent } from '../../api/thresholdContract.ts';
import type { Settings } from '../../contributions.ts';
import { type BudgetAssessment, createAssessor } from '../../core/budget/assess.ts';
import { type Budget, listBudgets } from '../../core/budget/budget.ts';
import { computeForecast, type Forecast } from '../../core/budget/forecast.ts';
import { type BudgetFacet, createFilter } from '../../core/budget/match.ts';
import { budgetRange, periodEnd, quarterMs, type TimedPeriod } from '../../core/budget/period.ts';
import {
  findRunaway,
  minRunawayNanoUsd,
  type Runaway,
  runawayMs,
  usualFiveMinutes,
} from '../../core/budget/runaway.ts';
import { findTightest } from '../../core/budget/tightest.ts';
import { nanoToUsd } from '../../core/money.ts';
import type { Range } from '../../core/sums.ts';
import type { Crossings } from './crossings.ts';
import { type LedgerSpend, paidCalls } from './ledgerSpend.ts';
import type { MachineSpend } from './machineSpend.ts';
import type { NoticeMarks } from './noticeMarks.ts';

/** What all ledgers of the user have in common for their budgets. */
export interface MachineRoom {
  readonly spend: MachineSpend;
  /** Kept in the machine's ledger. */
  readonly marks: NoticeMarks;
  /** Of budgets of the whole computer. */
  readonly crossings: Crossings;
  /** Tells all who read any ledger's events of a budget of the whole computer. */
  tell(event: ThresholdEvent): void;
}

export interface LedgerBudgetsOptions {
  readonly spend: LedgerSpend;
  readonly marks: NoticeMarks;
  /** Null when there is one ledger only; asked anew each time. */
  readonly machine: () => MachineRoom | null;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A budget as it stands. */
export interface AssessedBudget extends BudgetAssessment {
  readonly budget: Budget;
  readonly spentNanoUsd: number;
  /** The session it is about; null for periods of time. */
  readonly session: string | null;
}

/** What follows from the settings of a budget, made once. */
interface Rules {
  readonly counts: (call: BudgetFacet) => boolean;
  readonly assess: (spentNanoUsd: number) => BudgetAssessment;
}

const hourMs = 3_600_000;
const none: BudgetAnswer = { spent_usd: 0, limit_usd: null, remaining_usd: null, state: 'none' };

/** The budgets of one ledger at work. Asking them costs a few additions each, and no look into the database in the usual case. */
export class LedgerBudgets {
  readonly #options: LedgerBudgetsOptions;
  #budgets: readonly Budget[] = [];
  readonly #rules = new Map<Budget, Rules>();
  readonly #ranges = new Map<TimedPeriod, Range & { readonly sinceMs: number }>();
  /** Grows with every change of the settings. */
  #generation = 0;
  #stand = '';
  #runawayFactor = 0;
  #zone = 'UTC';

  constructor(options: LedgerBudgetsOptions) {
    this.#options = options;
  }

  /** Takes settings; `zone` is the IANA zone of the days. */
  apply(settings: Settings, zone: string): void {
    this.#budgets = listBudgets(settings);
    this.#generation += 1;
    this.#ranges.clear();
    this.#rules.clear();
    for (const budget of this.#budgets) {
      this.#rules.set(budget, { counts: createFilter(budget), assess: createAssessor(budget) });
    }
    this.#runawayFactor = settings['budget.runaway'];
    this.#zone = zone;
    this.#options.spend.keep([...this.#budgets, paidCalls]);
  }

  /** The budgets in effect, in the order of the settings. */
  get list(): readonly Budget[] {
    return this.#budgets;
  }

  /** Whether one of the budgets counts a call. */
  counts(budget: Budget, call: BudgetFacet): boolean {
    return this.#rules.get(budget)?.counts(call) ?? false;
  }

  /** What today's calls cost that are paid per token, USD. */
  spentToday(): number {
    const today = this.#range('day');
    return nanoToUsd(this.#options.spend.meter(paidCalls).sum(today));
  }

  /** Where marks of a budget are kept: those of the whole computer in one place. */
  marksOf(budget: Pick<Budget, 'scope'>): NoticeMarks {
    const machine = budget.scope === 'machine' ? this.#options.machine() : null;
    return machine?.marks ?? this.#options.marks;
  }

  /**
   * Every budget as it stands. Those of a session are about the session named, else about the one that is running; those of the whole
   * computer are lower bounds while its ledgers are being looked into.
   */
  assess(session: string | null = this.#options.spend.session): readonly AssessedBudget[] {
    return this.#budgets.map(budget => this.#assess(budget, session));
  }

  /**
   * Whether anything may be worth telling since this was asked last: a threshold was crossed, a session or a quarter of an hour began,
   * settings changed, an hour's leave ended, or the last minutes cost far more than usual.
   */
  hasMoved(): boolean {
    const now = this.#options.now();
    const standing = this.assess().map(({ budget, crossed, session }) => {
      const isAllowed = this.marksOf(budget).allowedUntil(budget.key) > now;
      return `${crossed.length}${isAllowed ? '+' : ''}${session ?? ''}`;
    });
    const stand = [this.#generation, Math.floor(now / quarterMs), this.runaway() !== null, ...standing].join(' ');
    const hasMoved = stand !== this.#stand;
    this.#stand = stand;
    return hasMoved;
  }

  /** How the tightest budget stands. Without any, what today cost. */
  tightest(): BudgetAnswer & { readonly crossed: readonly number[] } {
    const found = findTightest(this.#shown());
    if (!found) {
      return { ...none, spent_usd: this.spentToday(), crossed: [] };
    }
    const { spentUsd, limitUsd, remainingUsd, state, crossed } = found;
    return { spent_usd: spentUsd, limit_usd: limitUsd, remaining_usd: remainingUsd, state, crossed };
  }

  /** The budgets as the interface shows them. */
  statuses(): readonly BudgetStatus[] {
    return this.#shown().map(assessed => this.formatStatus(assessed));
  }

  formatStatus(assessed: AssessedBudget): BudgetStatus {
    const { budget, spentUsd, limitUsd, remainingUsd, state, crossed, session } = assessed;
    const now = this.#options.now();
    const forecast = this.forecast(assessed);
    const end = periodEnd(budget.period, now, this.#zone);
    const allowed = this.marksOf(budget).allowedUntil(budget.key);
    return {
      name: budget.name,
      period: budget.period,
      scope: budget.scope,
      spent_usd: spentUsd,
      limit_usd: limitUsd ?? budget.limitUsd,
      remaining_usd: remainingUsd ?? 0,
      state: state === 'none' ? 'ok' : state,
      crossed,
      enforce: budget.enforce,
      forecast_usd: forecast ? nanoToUsd(forecast.nanoUsd) : null,
      forecast_days: forecast?.days ?? null,
      resets_at: formatInstant(end),
      allowed_until: formatInstant(allowed > now ? allowed : null),
      session_id: budget.period === 'session' ? session : null,
    };
  }

  /** Where the period of a budget is heading; null without a basis. */
  forecast({ budget, spentNanoUsd }: Pick<AssessedBudget, 'budget' | 'spentNanoUsd'>): Forecast | null {
    if (budget.period === 'session' || budget.period === 'rolling24h') {
      return null;
    }
    const { machine, spend, now } = this.#options;
    const nowMs = now();
    const zone = this.#zone;
    const room = budget.scope === 'machine' ? machine() : null;
    const sum = (fromMs: number, toMs: number) => this.sum(budget, { fromMs, toMs });
    const today = budgetRange('day', nowMs, zone);
    // The quarter under way and the three before it, brought to an hour.
    const quarter = Math.floor(nowMs / quarterMs) * quarterMs;
    const recent = sum(quarter - 3 * quarterMs, quarter + quarterMs);
    return computeForecast({
      period: budget.period,
      spentNanoUsd,
      todayNanoUsd: sum(today.fromMs, today.toMs),
      lastHourNanoUsd: (recent * hourMs) / (3 * quarterMs + (nowMs - quarter)),
      usual: room ? room.spend.usualDay(budget, nowMs, zone) : spend.usualDay(budget, zone),
      nowMs,
      zone,
    });
  }

  /** How fast the ledger spends; null while nothing was ever spent. */
  burn(): Burn | null {
    const { spend } = this.#options;
    const usual = spend.usualDay(paidCalls, this.#zone);
    const lastHour = spend.recent(hourMs);
    const usually = usualFiveMinutes(usual);
    if (lastHour === 0 && usual.days === 0) {
      return null;
    }
    return {
      usd_per_hour: nanoToUsd(lastHour),
      last_5_minutes_usd: nanoToUsd(spend.recent(runawayMs)),
      usual_usd_per_hour: usually === null ? null : nanoToUsd(Math.round(usually * 12)),
    };
  }

  /** Whether the last minutes cost far more than usual. */
  runaway(): Runaway | null {
    const { spend } = this.#options;
    const spent = this.#runawayFactor === 0 ? 0 : spend.recent(runawayMs);
    return spent < minRunawayNanoUsd
      ? null
      : findRunaway(spent, spend.usualDay(paidCalls, this.#zone), this.#runawayFactor);
  }

  /** A sum of the whole computer is shown only when it is one. */
  #shown(): readonly AssessedBudget[] {
    const machine = this.#options.machine();
    return this.assess().filter(({ budget }) => budget.scope !== 'machine' || machine?.spend.isComplete !== false);
  }

  #assess(budget: Budget, session: string | null): AssessedBudget {
    const isTimed = budget.period !== 'session';
    const spentNanoUsd =
      budget.period === 'session'
        ? session === null
          ? 0
          : this.sessionSum(budget, session)
        : this.sum(budget, this.#range(budget.period));
    const assess = this.#rules.get(budget)?.assess ?? createAssessor(budget);
    return {
      ...assess(spentNanoUsd),
      budget,
      spentNanoUsd,
      session: isTimed ? null : session,
    };
  }

  /** What the calls of a budget cost in a range that begins and ends with a quarter of an hour, within the last 40 days. Nano-USD. */
  sum(budget: Budget, range: Range): number {
    const machine = budget.scope === 'machine' ? this.#options.machine() : null;
    return machine ? machine.spend.sum(budget, range) : this.#options.spend.meter(budget).sum(range);
  }

  /** The range of a period now; worked out once a quarter of an hour. */
  #range(period: TimedPeriod): Range {
    const now = this.#options.now();
    const known = this.#ranges.get(period);
    if (known && now >= known.sinceMs && now < known.sinceMs + quarterMs) {
      return known;
    }
    const range = { ...budgetRange(period, now, this.#zone), sinceMs: Math.floor(now / quarterMs) * quarterMs };
    this.#ranges.set(period, range);
    return range;
  }

  /** What a session's calls that a budget counts cost from its beginning. Nano-USD. */
  sessionSum(budget: Budget, session: string): number {
    const machine = budget.scope === 'machine' ? this.#options.machine() : null;
    return machine ? machine.spend.sessionSum(budget, session) : this.#options.spend.meter(budget).sessionSum(session);
  }
}

function formatInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
