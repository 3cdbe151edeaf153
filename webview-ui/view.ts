/** All that is on screen and which of it is shown: loading, figures, nothing to show, failed, engine away. */
import { createAnnouncer } from './announcer.ts';
import { createBreakdowns } from './breakdowns.ts';
import { createSpendChart } from './chart.ts';
import { daysOfRange } from './days.ts';
import { h } from './dom.ts';
import { createEmptyState } from './empty.ts';
import { formatCost, formatCount } from './format.ts';
import { createHeader } from './header.ts';
import { answerWithinMs, type LoadReason } from './loader.ts';
import type { Connection, PageCommand, ReportContent, ReportPeriod, ReportState, TableSort } from './messages.ts';
import { createNotice } from './notice.ts';
import { formatPeriod } from './period.ts';
import { computeDaySeries } from './series.ts';
import { fill, texts } from './texts.ts';
import { asCost, createTotals } from './totals.ts';

export interface ViewEvents {
  onDidChoosePeriod(period: ReportPeriod): void;
  onDidSort(table: string, sort: TableSort): void;
  onDidRetry(): void;
  onDidExport(format: 'csv' | 'json'): void;
  onDidRun(command: PageCommand, model?: string): void;
}

export interface View {
  readonly elements: readonly HTMLElement[];
  showPeriod(period: ReportPeriod): void;
  showLoading(reason: LoadReason): void;
  showContent(content: ReportContent, connection: Connection, reason: LoadReason): void;
  /** `error` is null when no answer came. */
  showFailure(error: string | null): void;
  /** Gives whether the engine has come back. */
  showEngine(isRunning: boolean): boolean;
}

export function createView(state: ReportState, events: ViewEvents): View {
  const header = createHeader(state.period, events);
  const totals = createTotals(() => events.onDidRun('setPriceOverride'));
  const chart = createSpendChart();
  const breakdowns = createBreakdowns(state.sorts ?? {}, events);
  const empty = createEmptyState(() => events.onDidRun('copyConnectionSettings'), events.onDidChoosePeriod);
  const failure = createNotice(texts.retry, events.onDidRetry);
  const engine = createNotice(texts.restart, () => events.onDidRun('restartEngine'));
  const announcer = createAnnouncer();
  const loading = h('p', { class: 'loading' }, texts.loading);
  const figures = h('div', { class: 'figures', hidden: '' }, totals.element, chart.element, breakdowns.element);
  const main = h('main', {}, loading, figures, empty.element);
  empty.element.hidden = true;
  let drawn: ReportPeriod | null = null;
  let isEngineAway = false;

  const settle = () => main.removeAttribute('aria-busy');
  return {
    elements: [header.element, engine.element, failure.element, main, announcer.element],
    showPeriod: header.select,
    showLoading: reason => {
      if (reason === 'user') {
        main.setAttribute('aria-busy', 'true');
      }
    },
    showContent: (content, connection, reason) => {
      settle();
      if (failure.hide()) {
        header.focus();
      }
      const { total } = content.byDay;
      const isEmpty = total.requests === 0;
      // The first call of a period is news, like a choice: what was said before would no longer be true.
      const isNews = reason === 'user' || isEmpty === empty.element.hidden;
      drawn = content.period;
      loading.hidden = true;
      figures.hidden = isEmpty;
      empty.element.hidden = !isEmpty;
      header.update(content, daysOfRange(content.byDay, content.timeZone), !isEmpty);
      if (isEmpty) {
        empty.update(content, connection);
      } else {
        totals.update(total);
        chart.update(computeDaySeries(content.byDay, content.timeZone));
        breakdowns.update(content);
      }
      const spoken = [formatPeriod(content.period), formatCost(asCost(total)), formatCount(total.requests)] as const;
      announcer.announce(isEmpty ? texts.nothingInPeriod : fill(texts.announce, ...spoken), isNews ? 'user' : 'live');
    },
    showFailure: error => {
      settle();
      loading.hidden = true;
      const isStillTrue = drawn !== null && header.isSelected(drawn);
      if (!isStillTrue) {
        figures.hidden = true;
        empty.element.hidden = true;
        drawn = null;
      }
      if (!isEngineAway) {
        const reason = error ?? fill(texts.noAnswer, formatCount(answerWithinMs / 1000));
        failure.show(isStillTrue ? texts.refreshFailed : texts.loadFailed, reason);
      }
    },
    showEngine: isRunning => {
      const isBack = isRunning && isEngineAway;
      isEngineAway = !isRunning;
      if (isRunning) {
        if (engine.hide()) {
          header.focus();
        }
      } else {
        failure.hide();
        engine.show(texts.engineAway);
      }
      return isBack;
    },
  };
}
