import { describe, expect, test } from 'vitest';
import type { Notice, NoticeItem } from '../../../../src/api/contract.ts';
import { formatNotice, isRefusing } from '../../../../src/ui/notifications/noticeText.ts';
import { plainText } from '../../../../src/ui/text/translate.ts';

const item: NoticeItem = {
  kind: 'budget',
  budget: 'daily',
  period: 'day',
  scope: 'workspace',
  threshold: 80,
  spent_usd: 4.02,
  limit_usd: 5,
  enforce: 'off',
  forecast_usd: null,
  resets_at: null,
  times: null,
};
const text = (overrides: Partial<Notice>, workspace: string | null = 'demo') =>
  formatNotice({ ...item, id: 'x', also: [], ...overrides }, workspace, plainText);
const team = { budget: 'team', period: 'month', scope: 'machine' } as const;
const runaway: NoticeItem = {
  ...item,
  kind: 'runaway',
  budget: null,
  period: null,
  limit_usd: null,
  spent_usd: 4.1,
  times: 12.2,
};

describe('a notice', () => {
  test('says amount, limit, percent and whose', () => {
    expect(text({})).toBe("$4.02 of today's $5.00 budget for demo is spent (80%).");
    expect(text({ ...team })).toBe('$4.02 of the $5.00 budget “team” for all workspaces is spent this month (80%).');
  });

  test('of an exceeded budget says so', () => {
    expect(text({ threshold: 100, spent_usd: 5.5 }, null)).toBe(
      "Today's budget of $5.00 for this machine is spent: $5.50 so far (110%).",
    );
    expect(text({ ...team, period: 'session', scope: 'workspace', spent_usd: 5 })).toBe(
      'Budget “team” of $5.00 for demo is spent: $5.00 in this session (100%).',
    );
  });

  test('says where the period is heading, while that is still to come', () => {
    expect(text({ forecast_usd: 7.8 })).toMatch(/\(80%\)\. On pace for \$7\.80 by midnight\.$/);
    expect(text({ ...team, forecast_usd: 7.8 })).toMatch(/On pace for \$7\.80 by the end of the month\.$/);
    expect(text({ forecast_usd: 7.8, spent_usd: 5 })).not.toContain('pace');
  });

  test('says that the gateway refuses, only when it does', () => {
    const spent = { ...item, enforce: 'gateway', spent_usd: 5 } as const;
    expect(text(spent)).toMatch(/The gateway takes no new calls\.$/);
    expect(
      [spent, { ...spent, spent_usd: 4.99 }, { ...spent, enforce: 'off' } as const, runaway].map(isRefusing),
    ).toEqual([true, false, false, false]);
  });

  test('of a runaway has the usual beside it', () => {
    expect(text(runaway)).toBe('$4.10 in 5 minutes, 12 times the usual, in demo.');
  });

  test('names all that was crossed at once', () => {
    expect(text({ also: [{ ...item, ...team }, runaway] })).toBe(
      "$4.02 of today's $5.00 budget for demo is spent (80%). " +
        'Also: “team” $4.02 of $5.00 this month; $4.10 in 5 minutes, 12 times the usual.',
    );
  });
});
