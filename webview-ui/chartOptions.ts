/** How chart.js draws: quiet, in the theme's colours, money on the axis. */
import type { ChartOptions, TooltipItem } from 'chart.js';
import { formatUsd, formatUsdPrecise } from '../src/core/money.ts';
import type { Palette } from './palette.ts';
import { texts } from './texts.ts';

/** Options for bars by day, or for one lying bar when there is but one day. `totalUsd` bounds that bar's axis. */
export function createChartOptions(palette: Palette, isSingleDay: boolean, totalUsd: number): ChartOptions<'bar'> {
  const font = { family: palette.fontFamily, size: 11 };
  const categories = {
    stacked: true,
    display: !isSingleDay,
    grid: { display: false },
    border: { color: palette.lines },
    ticks: { color: palette.muted, font, maxRotation: 0, autoSkipPadding: 12 },
  };
  const money = {
    stacked: true,
    beginAtZero: true,
    grid: { color: palette.lines, display: !isSingleDay },
    border: { display: false },
    ticks: {
      color: palette.muted,
      font,
      maxTicksLimit: 5,
      callback: (value: string | number) => formatUsdPrecise(Number(value)),
    },
    ...(isSingleDay && { max: totalUsd || 1, display: false }),
  };
  return {
    indexAxis: isSingleDay ? 'y' : 'x',
    responsive: true,
    maintainAspectRatio: false,
    animation: palette.isMotionReduced ? false : { duration: 200 },
    interaction: { mode: isSingleDay ? 'nearest' : 'index', intersect: isSingleDay },
    scales: isSingleDay ? { x: money, y: categories } : { x: categories, y: money },
    plugins: {
      tooltip: {
        backgroundColor: palette.widgetBackground,
        borderColor: palette.widgetBorder,
        borderWidth: 1,
        cornerRadius: 3,
        caretSize: 0,
        titleColor: palette.foreground,
        bodyColor: palette.foreground,
        footerColor: palette.muted,
        titleFont: { ...font, weight: 'bold' },
        bodyFont: font,
        footerFont: { ...font, weight: 'normal' },
        multiKeyBackground: palette.background,
        boxPadding: 4,
        filter: item => amountOf(item, isSingleDay) > 0,
        itemSort: (a, b) => amountOf(b, isSingleDay) - amountOf(a, isSingleDay),
        callbacks: {
          label: item => `${item.dataset.label ?? ''}  ${formatUsd(amountOf(item, isSingleDay))}`,
          footer: items =>
            items.length > 1
              ? `${texts.total}  ${formatUsd(items.reduce((sum, item) => sum + amountOf(item, isSingleDay), 0))}`
              : '',
        },
      },
    },
  };
}

function amountOf({ parsed }: TooltipItem<'bar'>, isSingleDay: boolean): number {
  return (isSingleDay ? parsed.x : parsed.y) ?? 0;
}
