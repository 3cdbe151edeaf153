import type { FromPage, PageCommand, ReportPeriod } from '../../../webview-ui/messages.ts';

/** Commands that the page may run, and nothing else. */
const pageCommands: readonly PageCommand[] = [
  'copyConnectionSettings',
  'setPriceOverride',
  'openSettings',
  'restartEngine',
  'changeBudget',
];
const periodNames = ['today', '7d', '30d', 'month'] as const;
const maxModelLength = 500;

/** A message of the page; null for anything that is none. */
export function parseFromPage(value: unknown): FromPage | null {
  const message = asRecord(value);
  switch (message.type) {
    case 'ready':
      return { type: 'ready' };
    case 'load': {
      const period = parsePeriod(message.period);
      const { request } = message;
      return period && typeof request === 'number' && Number.isSafeInteger(request)
        ? { type: 'load', request, period }
        : null;
    }
    case 'export': {
      const { format } = message;
      return format === 'csv' || format === 'json' ? { type: 'export', format } : null;
    }
    case 'run': {
      const command = pageCommands.find(known => known === message.command);
      const { model } = message;
      if (!command || (model !== undefined && (typeof model !== 'string' || model.length > maxModelLength))) {
        return null;
      }
      return model === undefined ? { type: 'run', command } : { type: 'run', command, model };
    }
    default:
      return null;
  }
}

/** A period of the page; null for anything that is none. */
export function parsePeriod(value: unknown): ReportPeriod | null {
  const { kind, name, from, to } = asRecord(value);
  if (kind === 'named') {
    const known = periodNames.find(period => period === name);
    return known ? { kind, name: known } : null;
  }
  return kind === 'custom' && isDay(from) && isDay(to) && from < to ? { kind, from, to } : null;
}

function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) {
    return false;
  }
  // 2026-02-30 would silently be the second of March.
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
