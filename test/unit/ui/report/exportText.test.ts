import { describe, expect, test } from 'vitest';
import type { Group, Summary } from '../../../../src/api/contract.ts';
import {
  formatCsv,
  formatDecimal,
  formatExportName,
  formatJson,
  formatTextField,
} from '../../../../src/ui/report/exportText.ts';
import { figures } from '../../api/answers.ts';

const group = (key: Group['key'], costUsd: number | null): Group => ({ key, ...figures(costUsd) });
const summary = (groups: Group[]): Summary => ({
  from: '2026-11-21T23:00:00.000Z',
  to: '2026-11-22T23:00:00.000Z',
  total: figures(1),
  failed_requests: 0,
  groups,
});

describe('CSV', () => {
  test('has a head, CRLF, and nothing where nothing is known', () => {
    const key = { day: '2026-11-22', provider: 'openai', model: 'a,"b"', agent: null, task_type: 'chat' };
    expect(formatCsv(summary([group(key, 0.000000125), group({ model: null }, null)]))).toBe(
      [
        'day,provider,model,agent,task_type,session_id,user_id,requests,prompt_tokens,completion_tokens,' +
          'cache_read_tokens,cache_write_tokens,reasoning_tokens,cost_usd,unpriced_requests,avg_latency_ms',
        '2026-11-22,openai,"a,""b""",,chat,,,3,1000,500,0,0,0,0.000000125,0,',
        ',,,,,,,3,1000,500,0,0,0,,0,',
        '',
      ].join('\r\n'),
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '=cmd|"/c calc"!A1'])(
    'never holds %j as a formula',
    text => {
      expect(formatTextField(text).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  test.each(['gpt-4.1', 'a b', 'ü', '1-2', ''])('leaves %j alone', text => {
    expect(formatTextField(text)).toBe(text);
  });

  test.each([
    [0, '0'],
    [3, '3'],
    [0.1 + 0.2, '0.3'],
    [1e-9, '0.000000001'],
    [1234.5, '1234.5'],
    [100, '100'],
    [null, ''],
  ])('writes %j as %j', (value, text) => {
    expect(formatDecimal(value)).toBe(text);
  });
});

test('JSON holds the engine’s answer, the workspace and the zone', () => {
  const content = summary([group({ model: 'a' }, 1)]);
  const context = { period: { kind: 'named', name: 'today' }, workspace: 'demo', timeZone: 'Europe/Berlin' } as const;
  expect(JSON.parse(formatJson(content, context))).toEqual({
    workspace: 'demo',
    time_zone: 'Europe/Berlin',
    period: { kind: 'named', name: 'today' },
    ...content,
  });
});

test('The file is named after its days in the zone', () => {
  expect(formatExportName(summary([]), 'Europe/Berlin', 'csv')).toBe('spend-lens-2026-11-22.csv');
  const week = { ...summary([]), from: '2026-11-15T23:00:00.000Z' };
  expect(formatExportName(week, 'Europe/Berlin', 'json')).toBe('spend-lens-2026-11-16-to-2026-11-22.json');
});
