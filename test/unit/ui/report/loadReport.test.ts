import { describe, expect, test } from 'vitest';
import type { Client, SummaryRange } from '../../../../src/api/client.ts';
import type { Summary } from '../../../../src/api/contract.ts';
import { loadExport, loadReport } from '../../../../src/ui/report/loadReport.ts';
import { figures } from '../../api/answers.ts';

type Summarize = Client['summary'];

const summary = (requests: number): Summary => ({
  from: '2026-11-22T00:00:00.000Z',
  to: '2026-11-23T00:00:00.000Z',
  total: figures(1, { requests }),
  groups: [],
  failed_requests: 0,
});

describe('the tables of a report', () => {
  test('are all of the range that the first one was resolved to', async () => {
    const asked: [SummaryRange, string][] = [];
    const read: Summarize = async (range, groupBy) => {
      asked.push([range, groupBy.join()]);
      return summary(1);
    };
    await loadReport({ summary: read }, { kind: 'named', name: 'today' });
    const range = { from: '2026-11-22T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' };
    expect(asked).toEqual([
      [{ period: 'today' }, 'day,model'],
      [range, 'model'],
      [range, 'task_type'],
      [range, 'session_id'],
      [range, 'user_id'],
    ]);
  });

  test('are asked for again when a record came in between', async () => {
    let calls = 0;
    const read: Summarize = async () => summary(++calls === 1 ? 1 : 2);
    const { byDay, byUser } = await loadReport({ summary: read }, { kind: 'named', name: '7d' });
    expect([calls, byDay.total.requests, byUser.total.requests]).toEqual([10, 2, 2]);
  });

  test('are given as they are when records never stop', async () => {
    let calls = 0;
    const read: Summarize = async () => summary(++calls);
    await loadReport({ summary: read }, { kind: 'custom', from: '2026-11-01', to: '2026-11-02' });
    expect(calls).toBe(15);
  });
});

test('An export goes day by day, each in the order the engine gave', async () => {
  const group = (day: string, model: string) => ({ key: { day, model }, ...figures(1) });
  const groups = [group('2026-11-22', 'a'), group('2026-11-21', 'b'), group('2026-11-22', 'c')];
  const read: Summarize = async () => ({ ...summary(3), groups });
  const exported = await loadExport({ summary: read }, { kind: 'named', name: '7d' });
  expect(exported.groups.map(({ key }) => key.model)).toEqual(['b', 'a', 'c']);
});
