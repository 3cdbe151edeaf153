import { expect, test } from 'vitest';
import { formatCount } from '../../../src/ui/countText.ts';

test.each([0, 7, 999, 1_000, 123_456, 1_234_567_890])('%d is written as Intl would', count => {
  expect(formatCount(count)).toBe(count.toLocaleString('en-US'));
});
