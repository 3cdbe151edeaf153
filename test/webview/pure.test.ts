/** The page's pure parts, without a browser. */
import { describe, expect, test } from 'vitest';
import { renderReportHtml } from '../../src/ui/report/reportHtml.ts';
import { computeSeries, seriesLimit } from '../../webview-ui/chart/series.ts';
import { slotsOfRange } from '../../webview-ui/chart/slots.ts';
import { addDays, countDays, dayOf, daysOfRange, isDay } from '../../webview-ui/days.ts';
import { englishTexts } from '../../webview-ui/englishTexts.ts';
import { chooseInterval, possibleIntervals } from '../../webview-ui/intervals.ts';
import { defaultPlace, parsePlace, parseState } from '../../webview-ui/state.ts';
import { computeNextSort, computeOrder } from '../../webview-ui/table/sorting.ts';
import { fill, texts } from '../../webview-ui/texts.ts';
import { monthOfCalls, monthRange, sumCalls, summarise } from '../fixtures/report/content.ts';

describe('days', () => {
  test('are those of the zone, through the end of summer time', () => {
    const days = daysOfRange(monthRange, 'Europe/Berlin');
    expect(days.length).toBe(30);
    expect([days[0], days[1], days[2], days.at(-1)]).toEqual(['2026-10-24', '2026-10-25', '2026-10-26', '2026-11-22']);
    expect(dayOf(Date.parse('2026-11-22T23:30:00Z'), 'Europe/Berlin')).toBe('2026-11-23');
    expect(dayOf(Date.parse('2026-11-22T02:00:00Z'), 'America/New_York')).toBe('2026-11-21');
    expect(daysOfRange({ from: '2026-11-22T00:00:00Z', to: '2026-11-22T00:00:00Z' }, 'UTC')).toEqual([]);
  });

  test('are added and counted over months and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(countDays('2026-03-28', '2026-03-30')).toBe(2);
  });

  test.for(['', '2026-02-30', '2026-2-3', '0026-11-22', 'x'])('%j is none', text => {
    expect(isDay(text)).toBe(false);
  });
});

describe('bars', () => {
  test('are as long as the range asks for, or as the user wants where they fit', () => {
    expect([1, 7, 30, 92, 120, 800].map(days => chooseInterval('auto', days))).toEqual([
      'hour',
      'day',
      'day',
      'day',
      'week',
      'month',
    ]);
    expect(chooseInterval('hour', 30)).toBe('day');
    expect(chooseInterval('month', 30)).toBe('month');
    expect(possibleIntervals(30)).toEqual(['day', 'week', 'month']);
  });

  test('have no gaps: hours through the end of summer time, weeks from Monday, months', () => {
    const night = { from: '2026-10-24T22:00:00Z', to: '2026-10-25T03:00:00Z' };
    expect(slotsOfRange(night, 'hour', 'Europe/Berlin')).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
    expect(slotsOfRange(monthRange, 'week', 'Europe/Berlin')).toEqual([
      '2026-10-19',
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
    ]);
    expect(slotsOfRange(monthRange, 'month', 'Europe/Berlin')).toEqual(['2026-10', '2026-11']);
  });
});

describe('series', () => {
  const slots = slotsOfRange(monthRange, 'day', 'Europe/Berlin');
  const data = computeSeries(summarise(monthOfCalls, ['day', 'model'], monthRange), slots, 'day', 'model');

  test('lose nothing: models and the others sum up to the days and the total', () => {
    expect(data.series.length).toBe(seriesLimit + 1);
    const total = sumCalls(monthOfCalls);
    expect(data.total.costUsd).toBe(total.cost_usd);
    const sum = (cells: readonly { readonly costUsd: number | null }[]) =>
      cells.reduce((each, { costUsd }) => each + (costUsd ?? 0), 0);
    expect(sum(data.totals)).toBeCloseTo(total.cost_usd ?? 0, 6);
    expect(sum(data.series.map(each => each.total))).toBeCloseTo(total.cost_usd ?? 0, 6);
    for (const [index, cell] of data.totals.entries()) {
      expect(sum(data.series.flatMap(each => each.cells[index] ?? []))).toBeCloseTo(cell.costUsd ?? 0, 9);
    }
  });

  test('know the difference between unpriced, free and nothing', () => {
    const [first] = monthOfCalls;
    const calls = first
      ? [
          { ...first, costUsd: null },
          { ...first, model: 'free', costUsd: 0 },
        ]
      : [];
    const { series, totals } = computeSeries(summarise(calls, ['day', 'model'], monthRange), slots, 'day', 'model');
    expect(series.map(each => each.total.costUsd)).toEqual([0, null]);
    expect(totals[1]).toEqual({ requests: 0, costUsd: null, unpriced: 0 });
  });
});

describe('sorting', () => {
  const rows = [
    ['b', null],
    ['a', 2],
    [null, 3],
    ['c', 1],
  ].map(([name, cost]) => ({ name: name as string | null, cost: cost as number | null }));
  type Row = (typeof rows)[number];
  const column = (id: 'name' | 'cost', kind: 'name' | 'number') => ({
    id,
    title: id,
    kind,
    value: (row: Row) => row[id],
    text: (row: Row) => String(row[id]),
  });
  const columns = [column('name', 'name'), column('cost', 'number')];
  const names = (id: string, descending: boolean) =>
    computeOrder(rows, columns, { column: id, descending }).map(({ name }) => name);

  test('puts what is unknown last in either direction', () => {
    expect(names('cost', true)).toEqual([null, 'a', 'c', 'b']);
    expect(names('cost', false)).toEqual(['c', 'a', null, 'b']);
    expect(names('name', true)).toEqual(['c', 'b', 'a', null]);
    expect(names('a column of another version', false)).toEqual(['a', 'b', 'c', null]);
  });

  test('starts figures from the largest and names from A', () => {
    expect(computeNextSort({ column: 'cost', descending: true }, { id: 'requests', kind: 'number' }).descending).toBe(
      true,
    );
    expect(computeNextSort({ column: 'cost', descending: true }, { id: 'name', kind: 'name' }).descending).toBe(false);
    expect(computeNextSort({ column: 'name', descending: false }, { id: 'name', kind: 'name' }).descending).toBe(true);
  });
});

test('a state that was kept is understood as far as it can be', () => {
  const sorts = { breakdown: { column: 'name', descending: false }, sessions: 'x' };
  const place = {
    period: { kind: 'custom', from: '2026-11-02', to: '2026-11-01' },
    view: 'sessions',
    filter: { model: 'x', user_id: [null], x: ['y'] },
  };
  expect(parseState({ place, sorts })).toEqual({
    place: { ...defaultPlace, view: 'sessions', filter: { user_id: [null] } },
    sorts: { breakdown: { column: 'name', descending: false } },
  });
  expect(parsePlace({ explained: { kind: 'record', id: 'x' }, search: 'a', session: null, scope: 'galaxy' })).toEqual({
    explained: { kind: 'record', id: 'x' },
    search: 'a',
    session: null,
  });
});

test('texts are filled and no place is left over', () => {
  expect(fill(texts.unpricedOf, '3', '10')).toBe('3 of 10 unpriced');
  expect(fill('{0} {1}', '$&')).toBe('$& {1}');
});

describe('the HTML', () => {
  const shell = {
    scriptUri: 'https://x/report.js',
    styleUri: 'https://x/report.css',
    cspSource: 'https://x',
    nonce: 'N',
    language: 'en',
    texts: englishTexts,
  };

  test('has the strict policy', () => {
    const html = renderReportHtml(shell).replaceAll('&#39;', "'");
    expect(html).toContain(
      `content="default-src 'none'; script-src 'nonce-N'; style-src https://x 'nonce-N'; font-src https://x; img-src https://x data:"`,
    );
    expect(html).not.toContain('unsafe');
  });

  test('escapes every value', () => {
    const evil = '"><script>alert(1)</script>&\'';
    for (const key of Object.keys(shell).filter(each => each !== 'texts')) {
      const html = renderReportHtml({ ...shell, [key]: evil });
      expect(html.match(/<script/g)?.length).toBe(2);
      expect(html).toContain('&quot;&gt;&lt;script&gt;');
    }
    const html = renderReportHtml({ ...shell, texts: { ...englishTexts, title: `</script>${evil}` } });
    expect(html.match(/<\/?script/g)?.length).toBe(4);
  });
});
