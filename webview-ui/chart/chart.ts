/** Spend over time, stacked: the picture. Its figures are also in the table (seriesTable.ts) and in its summary. */
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { h, setText } from '../dom.ts';
import { formatCost, formatSlot } from '../format.ts';
import { fill, texts } from '../texts.ts';
import { createChartOptions } from './chartOptions.ts';
import { createLegend } from './legend.ts';
import { ColorSlots, onDidChangeTheme, otherSlot, readPalette } from './palette.ts';
import { createFill } from './patterns.ts';
import { otherId, type TimeSeries } from './series.ts';
import { createSeriesTable, formatSeries, isWithinDay } from './seriesTable.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface SpendChart {
  readonly element: HTMLElement;
  /** Beside the title: controls of the chart. */
  readonly tools: HTMLElement;
  update(data: TimeSeries, title: string): void;
}

export function createSpendChart(): SpendChart {
  const canvas = h('canvas', { role: 'img' });
  const frame = h('div', { class: 'chart' }, canvas);
  const empty = h('p', { class: 'quiet' }, texts.noSpend);
  const legend = createLegend();
  const table = createSeriesTable();
  const title = h('h2', { id: 'chart-title' });
  const tools = h('div', { class: 'tools' });
  const slots = new ColorSlots();
  let chart: Chart<'bar', number[], string> | null = null;
  let data: TimeSeries | null = null;

  const draw = () => {
    const context = canvas.getContext('2d');
    if (!data || !context) {
      return;
    }
    const isOneDay = isWithinDay(data.slots);
    const drawn = data.series.filter(series => series.total.costUsd !== null);
    frame.hidden = drawn.length === 0;
    empty.hidden = !frame.hidden;
    canvas.setAttribute('aria-label', formatSummary(data, title.textContent ?? ''));

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

    const options = createChartOptions(palette);
    chart ??= new Chart(canvas, { type: 'bar', data: { labels: [], datasets: [] }, options });
    chart.options = options;
    chart.data.labels = data.slots.map(slot => formatSlot(slot, isOneDay));
    const known = new Map(chart.data.datasets.map(dataset => [dataset.label, dataset]));
    chart.data.datasets = painted.map(({ series, fill: backgroundColor }) =>
      // The same object for the same series: chart.js then moves its bars instead of growing them from nothing.
      Object.assign(known.get(formatSeries(series)) ?? {}, {
        label: formatSeries(series),
        data: series.cells.map(({ costUsd }) => costUsd ?? 0),
        backgroundColor,
        hoverBackgroundColor: backgroundColor,
        borderColor: palette.isHighContrast ? palette.foreground : palette.background,
        // A gap between two series, at the end of a segment only: thin ones stay visible.
        borderWidth: palette.isHighContrast ? 1 : { top: 1 },
        borderSkipped: false,
        maxBarThickness: 48,
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
      h('div', { class: 'heading' }, title, tools),
      legend.element,
      frame,
      empty,
      table.element,
    ),
    tools,
    update: (next, text) => {
      data = next;
      setText(title, text);
      table.update(next, text);
      draw();
    },
  };
}

/** The picture in one sentence: range, total, highest bar and the three dearest series. */
export function formatSummary({ slots, series, totals, total }: TimeSeries, title: string): string {
  const isOneDay = isWithinDay(slots);
  const [first = '', last = ''] = [slots[0], slots.at(-1)];
  const format = (slot: string) => formatSlot(slot, isOneDay);
  const range = first === last ? format(first) : `${format(first)} – ${format(last)}`;
  const parts = series.slice(0, 3).map(each => fill(texts.chartModel, formatSeries(each), formatCost(each.total)));
  const highest = totals.reduce(
    (best, cell, index) => ((cell.costUsd ?? 0) > (totals[best]?.costUsd ?? 0) ? index : best),
    0,
  );
  const [slot, cell] = [slots[highest], totals[highest]];
  if (slots.length > 1 && slot && cell && cell.costUsd !== null) {
    parts.unshift(fill(texts.chartHighest, format(slot), formatCost(cell)));
  }
  return fill(texts.chartSummary, title, range, formatCost(total), parts.join('; '));
}
