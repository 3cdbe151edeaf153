import { describe, expect, test } from 'vitest';
import {
  type ExportedView,
  formatCsv,
  formatDecimal,
  formatExport,
  formatExportName,
  formatTextField,
} from '../../../../src/ui/report/exportText.ts';
import type { ExportTable } from '../../../../webview-ui/messages.ts';
import { defaultPlace } from '../../../../webview-ui/state.ts';

const table: ExportTable = {
  title: 'Breakdown by model',
  columns: [
    { id: 'name', title: 'Model', isNumber: false },
    { id: 'cost_usd', title: 'Cost', isNumber: true },
  ],
  rows: [
    ['gpt-4.1', 0.000_000_004],
    ['=cmd|"x"', null],
  ],
  texts: [
    ['gpt-4.1', '<$0.01'],
    ['=cmd|"x"', 'unpriced'],
  ],
};
const view: ExportedView = {
  title: 'Overview',
  tables: [table],
  place: { ...defaultPlace, filter: { agent: ['codex', null] } },
  from: '2026-11-21T23:00:00.000Z',
  to: '2026-11-22T23:00:00.000Z',
  workspace: 'shop',
  timeZone: 'Europe/Berlin',
};

describe('CSV', () => {
  test('has plain values under the ids of the columns; unknown is empty, a formula is none', () => {
    expect(formatCsv([table])).toBe('name,cost_usd\r\ngpt-4.1,0.000000004\r\n"\'=cmd|""x""",\r\n');
  });

  test('parts several tables by an empty line and names each', () => {
    expect(formatCsv([table, { ...table, title: 'Rates', rows: [], texts: [] }])).toBe(
      'Breakdown by model\r\nname,cost_usd\r\ngpt-4.1,0.000000004\r\n"\'=cmd|""x""",\r\n\r\nRates\r\nname,cost_usd\r\n',
    );
  });

  test.for([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['-1+2', "'-1+2"],
    ['\t=x', "'\t=x"],
  ] as const)('writes %j as %s', ([text, field]) => expect(formatTextField(text)).toBe(field));

  test('writes numbers without an exponent', () => {
    expect([1e-9, 0.1 + 0.2, 1e21, 5, null].map(formatDecimal)).toEqual(['0.000000001', '0.3', '1e+21', '5', '']);
  });
});

test('JSON has the rows by the ids of their columns, and where they are of', () => {
  expect(JSON.parse(formatExport(view, 'json'))).toEqual({
    title: 'Overview',
    workspace: 'shop',
    scope: 'workspace',
    time_zone: 'Europe/Berlin',
    period: { kind: 'named', name: '7d' },
    from: view.from,
    to: view.to,
    filter: { agent: ['codex', null] },
    tables: [
      {
        title: 'Breakdown by model',
        rows: [
          { name: 'gpt-4.1', cost_usd: 4e-9 },
          { name: '=cmd|"x"', cost_usd: null },
        ],
      },
    ],
  });
});

test('Markdown reads as the screen does, and no name is markup', () => {
  expect(
    formatExport(
      {
        ...view,
        tables: [
          {
            ...table,
            texts: [
              ['a|b`<i>', '$1.00'],
              ['[x](y)', 'z\nz'],
            ],
          },
        ],
      },
      'markdown',
    ),
  ).toBe(
    [
      '## Overview',
      '',
      'shop · 2026-11-22 · Europe/Berlin · agent: codex, –',
      '',
      '### Breakdown by model',
      '',
      '| Model | Cost |',
      '| :-- | --: |',
      '| a\\|b\\`\\<i\\> | $1.00 |',
      '| \\[x\\](y) | z z |',
      '',
    ].join('\n'),
  );
});

test('the file is named after the view and its days', () => {
  expect(formatExportName(view, 'overview', 'Europe/Berlin', 'csv')).toBe('spend-lens-overview-2026-11-22.csv');
  const week = { ...view, from: '2026-11-15T23:00:00.000Z' };
  expect(formatExportName(week, 'sessions', 'Europe/Berlin', 'markdown')).toBe(
    'spend-lens-sessions-2026-11-16-to-2026-11-22.md',
  );
});
