import { describe, expect, it } from 'vitest';
import {
  chooseDays,
  findDayProblem,
  formatConsequence,
  formatDeleted,
  listPeriods,
  listSessions,
} from '../../../../src/ui/history/deletions.ts';
import { plainText as t } from '../../../../src/ui/text/translate.ts';
import { figures } from '../../api/answers.ts';

describe('periods to delete', () => {
  it('are days of the zone', () => {
    const periods = listPeriods(Date.parse('2026-12-31T20:00:00Z'), 'Asia/Kathmandu', t);
    expect(periods.map(({ label, request, name }) => [label, request, name])).toEqual([
      ['Today', { from: '2027-01-01', to: '2027-01-02' }, 'of today'],
      ['This month', { from: '2027-01-01', to: '2027-02-01' }, 'of this month'],
      ['Older than 90 days', { from: '1970-01-01', to: '2026-10-03' }, 'from before 2026-10-03'],
      ['Everything', { from: '1970-01-01', to: '9999-12-31' }, 'of all time'],
    ]);
    const december = listPeriods(Date.parse('2026-12-31T12:00:00Z'), 'UTC', t)[1];
    expect(december?.request).toEqual({ from: '2026-12-01', to: '2027-01-01' });
  });

  it('may be typed, the last day included', () => {
    const range = { from: '2026-02-27', to: '2026-03-01' };
    expect(chooseDays('2026-02-27', '2026-02-28', t)).toEqual({
      request: range,
      name: 'from 2026-02-27 to 2026-02-28',
    });
    expect(chooseDays('2026-02-27', '2026-02-27', t).name).toBe('of 2026-02-27');
  });

  it.for(['', 'yesterday', '2026-02-30', '2026-2-3', '2026-13-01'])('refuse “%s”', text => {
    expect(findDayProblem(text, null, t)).toBe('Enter a day such as 2026-11-22.');
  });

  it('end after they begin', () => {
    expect(findDayProblem('2026-11-21', '2026-11-22', t)).toBe('The last day is before 2026-11-22.');
    expect(findDayProblem(' 2026-11-22 ', '2026-11-22', t)).toBeNull();
  });
});

describe('sessions to delete', () => {
  it('come with spend and last use, the last used first', () => {
    const group = (session_id: string | null, day: string, cost: number | null, requests: number) => ({
      key: { session_id, day },
      ...figures(cost, { requests }),
    });
    const sessions = listSessions(
      [
        group('old', '2026-11-01', 2, 10),
        group('new', '2026-11-20', 1, 1),
        group('new', '2026-11-22', null, 1),
        group('cheap', '2026-11-22', 0.25, 1),
        group('unknown', '2026-10-01', null, 3),
        group(null, '2026-11-22', 9, 9),
      ],
      t,
    );
    expect(sessions.map(({ sessionId, description, detail }) => [sessionId, description, detail])).toEqual([
      ['new', '$1.00 · 2 calls', 'Last used 2026-11-22'],
      ['cheap', '$0.25 · 1 call', 'Last used 2026-11-22'],
      ['old', '$2.00 · 10 calls', 'Last used 2026-11-01'],
      ['unknown', 'unpriced · 3 calls', 'Last used 2026-10-01'],
    ]);
  });
});

it('says what goes, and that it does not come back', () => {
  const going = figures(1.234, { requests: 1200, prompt_tokens: 12_345, completion_tokens: 678 });
  expect(formatDeleted(going, t)).toBe('1,200 calls ($1.23)');
  const text = formatConsequence(going, t);
  expect(text).toMatch(
    /^12,345 tokens in and 678 tokens out leave .* This can't be undone\. .*export the database first\.$/,
  );
});
