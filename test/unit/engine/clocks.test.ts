import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchDays } from '../../../src/engine/ledgers/dayClock.ts';
import { createThrottle } from '../../../src/engine/ledgers/throttle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('watchDays', () => {
  it('tells at midnight of the zone', () => {
    vi.setSystemTime(Date.parse('2026-11-22T18:14:00Z'));
    const onNewDay = vi.fn();
    const stop = watchDays({ now: Date.now, zone: () => 'Asia/Kathmandu', onNewDay });
    vi.advanceTimersByTime(59_999);
    expect(onNewDay).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(onNewDay).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(onNewDay).toHaveBeenCalledTimes(2);
    stop();
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(onNewDay).toHaveBeenCalledTimes(2);
  });

  it('finds out within seconds when the computer slept through midnight', () => {
    let now = Date.parse('2026-11-22T20:00:00Z');
    const onNewDay = vi.fn();
    watchDays({ now: () => now, zone: () => 'UTC', onNewDay });
    now = Date.parse('2026-11-23T07:00:00Z');
    vi.advanceTimersByTime(15_000);
    expect(onNewDay).toHaveBeenCalledTimes(1);
  });
});

describe('createThrottle', () => {
  it('runs at once, then once per interval, and never without a request', () => {
    const run = vi.fn();
    const throttle = createThrottle(run, 250);
    throttle.request();
    throttle.request();
    vi.advanceTimersByTime(0);
    expect(run).toHaveBeenCalledTimes(1);
    throttle.request();
    throttle.request();
    vi.advanceTimersByTime(249);
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledTimes(2);
    throttle.request();
    throttle.stop();
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledTimes(2);
  });
});
