/** How chart.js draws: quiet, in the theme's colours, money on the axis. */
import type { ChartOptions, TooltipItem } from 'chart.js';
import { formatUsd, formatUsdPrecise } from '../format.ts';
import { texts } from '../texts.ts';
import type { Palette } from './palette.ts';

export function createChartOptions(palette: Palette): ChartOptions<'bar'> {
  const font = { family: palette.fontFamily, size: 11 };
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: palette.isMotionReduced ? false : { duration: 200 },
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: {
        stacked: true,
        grid: { display: false },
        border: { color: palette.lines },
        ticks: { color: palette.muted, font, maxRotation: 0, autoSkipPadding: 12 },
      },
      y: {
        stacked: true,
        beginAtZero: true,
        grid: { color: palette.lines },
        border: { display: false },
        ticks: {
          color: palette.muted,
          font,
          maxTicksLimit: 5,
          callback: (value: string | number) => formatUsdPrecise(Number(value)),
        },
      },
    },
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
        filter: item => amountOf(item) > 0,
        itemSort: (a, b) => amountOf(b) - amountOf(a),
        callbacks: {
          label: item => `${item.dataset.label ?? ''}  ${formatUsd(amountOf(item))}`,
          footer: items =>
            items.length > 1
              ? `${texts.total}  ${formatUsd(items.reduce((sum, item) => sum + amountOf(item), 0))}`
              : '',
        },
      },
    },
  };
}

function amountOf({ parsed }: TooltipItem<'bar'>): number {
  return parsed.y ?? 0;
}
