import { expect, test } from 'vitest';
import { formatNotice } from '../../../src/ui/noticeText.ts';
import { plainText } from '../../../src/ui/translate.ts';

const notice = { id: 'daily:80', budget: 'daily', threshold: 80, spent_usd: 4.02, limit_usd: 5 } as const;

test('A notice says amount, limit, percent and whose', () => {
  expect(formatNotice(notice, 'demo', plainText)).toBe("$4.02 of today's $5.00 budget for demo is spent (80%).");
});

test('A notice of an exceeded budget says so', () => {
  const exceeded = { ...notice, threshold: 100, spent_usd: 5.5 };
  expect(formatNotice(exceeded, null, plainText)).toBe(
    "Today's budget of $5.00 for this machine is spent: $5.50 so far (110%).",
  );
});
