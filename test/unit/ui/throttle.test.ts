import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from '../../../src/ui/throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('The first trigger runs at once, a storm at most four times a second, and the last one is never lost', () => {
  let value = 0;
  const seen: number[] = [];
  const throttle = new Throttle(250, () => seen.push(value));
  for (value = 1; value <= 100; value++) {
    throttle.trigger();
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(seen[0]).toBe(1);
  expect(seen.length).toBeLessThanOrEqual(6);
  expect(seen.at(-1)).toBeGreaterThanOrEqual(100);
});

test('A disposed throttle runs no more', () => {
  const run = vi.fn();
  const throttle = new Throttle(250, run);
  throttle.trigger();
  throttle.trigger();
  throttle.dispose();
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledTimes(1);
});
