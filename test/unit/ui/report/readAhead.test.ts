import { describe, expect, test } from 'vitest';
import { ReadAhead } from '../../../../src/ui/report/readAhead.ts';
import { defaultPlace } from '../../../../webview-ui/state.ts';

const budgets = { ...defaultPlace, view: 'budgets' } as const;

describe('what is loaded while the page is being opened', () => {
  test('is the answer to the first question for that place, and to no other', async () => {
    const ahead = new ReadAhead<string>();
    ahead.begin(defaultPlace, async () => 'overview');
    expect(ahead.take(budgets)).toBeNull();
    const taken = ahead.take({ ...defaultPlace });
    expect(await taken?.answer).toBe('overview');
    expect(taken?.isOutdated()).toBe(false);
    expect(ahead.take(defaultPlace)).toBeNull();
  });

  test('is told to be outdated when something was recorded meanwhile, also after it was taken', () => {
    const ahead = new ReadAhead<string>();
    ahead.begin(defaultPlace, async () => 'overview');
    const taken = ahead.take(defaultPlace);
    ahead.outdate();
    expect(taken?.isOutdated()).toBe(true);
    ahead.begin(budgets, async () => 'budgets');
    expect(ahead.take(budgets)?.isOutdated()).toBe(false);
  });

  test('is given up when the panel closes or opens elsewhere; a failure that nobody asks for is nobody’s', async () => {
    const ahead = new ReadAhead<string>();
    const signals: AbortSignal[] = [];
    const load = (signal: AbortSignal) => {
      signals.push(signal);
      return Promise.reject(new Error('away'));
    };
    ahead.begin(defaultPlace, load);
    ahead.begin(budgets, load);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    const taken = ahead.take(budgets);
    await expect(taken?.answer).rejects.toThrow('away');
    ahead.begin(budgets, load);
    ahead.drop();
    expect(ahead.take(budgets)).toBeNull();
    expect(signals[2]?.aborted).toBe(true);
  });
});
