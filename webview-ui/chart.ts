/** Spend per day, stacked by model: the picture. Its figures are also in the table (dayTable.ts) and in its summary. */
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { createChartOptions } from './chartOptions.ts';
import { createDayTable, formatSeries } from './dayTable.ts';
import { h, setText } from './dom.ts';
import { formatCost, formatDay } from './format.ts';
import { createLegend } from './legend.ts';
import { ColorSlots, onDidChangeTheme, otherSlot, readPalette } from './palette.ts';
import { createFill } from './patterns.ts';
import { type DaySeries, otherId, type Series } from './series.ts';
import { fill, texts } from './texts.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface SpendChart {
  readonly element: HTMLElement;
  update(data: DaySeries): void;
}

export function createSpendChart(): SpendChart {
  const canvas = h('canvas', { role: 'img' });
  const frame = h('div', { class: 'chart' }, canvas);
  const empty = h('p', { class: 'quiet' }, texts.noSpend);
  const legend = createLegend();
  const table = createDayTable();
  const title = h('h2', { id: 'chart-title' }, texts.spendByDay);
  const slots = new ColorSlots();
  let chart: Chart<'bar', number[], string> | null = null;
  let data: DaySeries | null = null;

  const draw = () => {
    if (!data) {
      return;
    }
    const { days, total } = data;
    const drawn = data.series.filter(series => series.total.costUsd !== null);
    const isSingleDay = days.length === 1;
    setText(title, isSingleDay ? texts.spendOfDay : texts.spendByDay);
    frame.hidden = drawn.length === 0;
    empty.hidden = !frame.hidden;
    frame.classList.toggle('single', isSingleDay);
    canvas.setAttribute('aria-label', formatSummary(data, title.textContent ?? ''));
    const context = canvas.getContext('2d');
    if (!context) {
      return;
    }

    const palette = readPalette();
    const slotOf = slots.assign(drawn.map(({ id }) => id).filter(id => id !== otherId));
    const painted = drawn.map(series => {
      const slot = slotOf.get(series.id) ?? otherSlot;
      return { series, fill: createFill(palette, slot, context) };
    });
    legend.update(
      painted.map(each => ({ ...each, name: formatSeries(each.series) })),
      palette,
    );

    const options = createChartOptions(palette, isSingleDay, total.costUsd ?? 0);
    if (chart && chart.options.indexAxis !== options.indexAxis) {
      chart.destroy();
      chart = null;
    }
    chart ??= new Chart(canvas, { type: 'bar', data: { labels: [], datasets: [] }, options });
    chart.options = options;
    chart.data.labels = days.map(formatDay);
    const known = new Map(chart.data.datasets.map(dataset => [dataset.label, dataset]));
    chart.data.datasets = painted.map(({ series, fill: backgroundColor }) =>
      // The same object for the same model: chart.js then moves its bars instead of growing them from nothing.
      Object.assign(known.get(formatSeries(series)) ?? {}, {
        label: formatSeries(series),
        data: series.cells.map(({ costUsd }) => costUsd ?? 0),
        backgroundColor,
        hoverBackgroundColor: backgroundColor,
        borderColor: palette.isHighContrast ? palette.foreground : palette.background,
        // A gap between two models, at the end of a segment only: thin ones stay visible.
        borderWidth: palette.isHighContrast ? 1 : isSingleDay ? { right: 1 } : { top: 1 },
        borderSkipped: false,
        maxBarThickness: isSingleDay ? 28 : 48,
        categoryPercentage: 0.85,
        barPercentage: 0.95,
      }),
    );
    // Never with mode 'none': chart.js then keeps the colours that its bars share, so a new theme would not show.
    chart.update();
  };
  onDidChangeTheme(draw);

  return {
    element: h(
      'section',
      { class: 'spend-chart', 'aria-labelledby': title.id },
      h('div', { class: 'heading' }, title, legend.element),
      frame,
      empty,
      table.element,
    ),
    update: next => {
      data = next;
      table.update(next);
      draw();
    },
  };
}

/** The picture in one sentence: range, total, highest day and the three dearest models. */
export function formatSummary({ days, series, totals, total }: DaySeries, title: string): string {
  const [first, last] = [days[0], days.at(-1)];
  const range = !first || !last || first === last ? formatDay(first ?? '') : `${formatDay(first)} – ${formatDay(last)}`;
  const highest = totals.reduce(
    (best, cell, index) => ((cell.costUsd ?? 0) > (totals[best]?.costUsd ?? 0) ? index : best),
    0,
  );
  const parts = series
    .slice(0, 3)
    .map((each: Series) => fill(texts.chartModel, formatSeries(each), formatCost(each.total)));
  const highestDay = days[highest];
  const highestCell = totals[highest];
  if (days.length > 1 && highestDay && highestCell && highestCell.costUsd !== null) {
    parts.unshift(fill(texts.chartHighest, formatDay(highestDay), formatCost(highestCell)));
  }
  return fill(texts.chartSummary, title, range, formatCost(total), parts.join('; '));
}
