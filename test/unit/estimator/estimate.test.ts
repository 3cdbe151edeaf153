import { describe, expect, test } from 'vitest';
import { estimateTask, type TaskHistory } from '../../../src/estimator/agentTask.ts';
import { compareModels, comparisonModels, estimateWith } from '../../../src/estimator/comparison.ts';
import { computeEstimate, exactTokens } from '../../../src/estimator/estimate.ts';
import { learnFactor, minimumObservations } from '../../../src/estimator/familyFactors.ts';
import { type OutputPrediction, predictOutput } from '../../../src/estimator/outputPrediction.ts';
import type { PromptCounts } from '../../../src/estimator/protocol.ts';
import { computeTokens } from '../../../src/estimator/requestTokens.ts';
import { computeTurnCost } from '../../../src/estimator/turnCost.ts';
import { makeCounts, makePrices, makeRequest, now } from './makeCounts.ts';

const prices = makePrices({ 'my-model': { input: 0.0375, output: 0.1 }, 'tiny-*': { input: 0.0001, output: 0 } });
const counts = (tokens: number, overheadTokens = 0) => makeCounts([makeRequest(tokens, { overheadTokens })]);
const fixed = (tokens: number): OutputPrediction => predictOutput(null, null, tokens);
const estimate = (model: string, tokens: number, outputTokens = 500) =>
  estimateWith(model, model, { counts: counts(tokens), output: fixed(outputTokens), prices, now });
const tokensOf = (model: string, given: PromptCounts) =>
  computeTokens(model, given.requests[0] ?? makeRequest(0), given.mix);

describe('estimates', () => {
  test('gpt-4.1 with 1,000 in and 500 out is $0.006, exactly', () => {
    expect(estimate('gpt-4.1', 1000)).toEqual({
      model: 'gpt-4.1',
      inputTokens: 1000,
      exact: true,
      lowTokens: 1000,
      highTokens: 1000,
      requests: 1,
      outputTokens: 500,
      outputLowTokens: 500,
      outputHighTokens: 500,
      inputUsd: 0.002,
      warmInputUsd: 0.0005,
      outputUsd: 0.004,
      totalUsd: 0.006,
      lowUsd: 0.006,
      highUsd: 0.006,
      contextShare: 0.001,
    });
  });

  test('fractions of a nano-USD are rounded once, half up', () => {
    expect(estimate('my-model', 0, 1).totalUsd).toBe(1e-7);
    // 11 × 0.0375 and 1 × 0.1 USD per 1M are 412.5 and 100 nano-USD.
    const tokens = exactTokens(11);
    const requests = [{ model: 'my-model', tokens }];
    const { inputUsd, outputUsd, totalUsd } = computeEstimate({
      model: 'my-model',
      requests,
      output: fixed(1),
      prices,
      now,
    });
    expect([inputUsd, outputUsd, totalUsd]).toEqual([4.13e-7, 1e-7, 5.13e-7]);
  });

  test('a family without a public tokenizer has a range around factor × tokens, its overhead left as it is', () => {
    const tokens = tokensOf('claude-sonnet-4-20250514', counts(1000, 11));
    expect(tokens).toEqual({ inputTokens: 1231, exact: false, lowTokens: 1048, highTokens: 1414 });
    const { lowUsd, totalUsd, highUsd } = estimate('claude-sonnet-4-20250514', 1000);
    expect(totalUsd).toBe(0.01116);
    expect(lowUsd).toBe(0.010611);
    expect(highUsd).toBe(0.011709);
  });

  test('an unknown model has tokens and no costs', () => {
    expect(estimate('no-such-model', 1000)).toMatchObject({
      exact: false,
      inputTokens: 1100,
      inputUsd: null,
      outputUsd: null,
      totalUsd: null,
      lowUsd: null,
      highUsd: null,
      contextShare: null,
    });
  });

  test('each bound of a range has the rate of its own tier', () => {
    const { lowTokens, highTokens, lowUsd, highUsd } = estimate('gemini-3.1-pro-preview', 178_000, 0);
    expect(lowTokens).toBeLessThan(200_000);
    expect(highTokens).toBeGreaterThan(200_000);
    expect(highUsd).toBeCloseTo((highTokens * 4) / 1e6, 6);
    expect(lowUsd).toBeCloseTo((lowTokens * 2) / 1e6, 6);
  });

  test('an encoding that was not counted is an error, not a guess', () => {
    expect(() => tokensOf('gpt-4', counts(1))).toThrow('not counted with cl100k_base');
  });
});

describe('comparison', () => {
  test.each(comparisonModels)('%s is priced', model => {
    const { totalUsd } = estimate(model, 1000);
    expect(totalUsd).toBeGreaterThan(0);
  });

  test('cheapest first, the chosen one in it once', () => {
    const costs = (chosen: string) =>
      compareModels({ chosen: estimate(chosen, 1000), counts: counts(1000), output: fixed(500), prices, now });
    const listed = costs('gpt-4.1');
    expect(listed.map(entry => entry.model).filter(model => model === 'gpt-4.1')).toHaveLength(1);
    const totals = listed.map(entry => entry.totalUsd ?? Number.NaN);
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(costs('tiny-1')[0]?.model).toBe('tiny-1');
    expect(costs('no-such-model').at(-1)?.model).toBe('no-such-model');
  });
});

describe('batches', () => {
  const batch = makeCounts([makeRequest(1000, { model: 'gpt-4.1' }), makeRequest(3000, { model: 'gpt-4.1-mini' })], {
    format: 'batch',
    serviceTier: 'batch',
    model: 'gpt-4.1',
  });

  test('are the sum of their lines at half the price, each with its own model', () => {
    const own = estimateWith(null, 'gpt-4.1', { counts: batch, output: fixed(100), prices, now });
    // (1,000 × 2 + 100 × 8 + 3,000 × 0.4 + 100 × 1.6) / 1M, halved.
    expect(own).toMatchObject({ requests: 2, inputTokens: 4000, outputTokens: 200, totalUsd: 0.00208 });
    const other = estimateWith('gpt-4.1', 'gpt-4.1', { counts: batch, output: fixed(100), prices, now });
    expect(other.totalUsd).toBe((4000 * 2 + 200 * 8) / 2e6);
  });

  test('fit by their longest line', () => {
    const { contextShare } = estimateWith(null, 'gpt-4.1', { counts: batch, output: fixed(0), prices, now });
    expect(contextShare).toBeCloseTo(3000 / 1_047_576, 3);
  });

  test('decide the tier of long prompts line by line', () => {
    const lines = (tokens: number, count: number) =>
      makeCounts(Array.from({ length: count }, () => makeRequest(tokens)));
    const input = { output: fixed(0), prices, now };
    const many = estimateWith('gpt-5.5', 'gpt-5.5', { ...input, counts: lines(100_000, 10) });
    const one = estimateWith('gpt-5.5', 'gpt-5.5', { ...input, counts: lines(1_000_000, 1) });
    expect(one.totalUsd).toBeGreaterThan((many.totalUsd ?? 0) * 1.5);
  });
});

describe('parts that providers write in their own way', () => {
  test('give a range for models that are counted exactly, too', () => {
    const image = { size: { width: 1024, height: 1024 }, detail: null };
    const request = makeRequest(100, { isWhole: false, images: [image] });
    expect(computeTokens('gpt-4.1', request, counts(0).mix)).toEqual({
      inputTokens: 865,
      exact: false,
      lowTokens: 778,
      highTokens: 952,
    });
  });
});

describe('what own requests taught', () => {
  test('corrects a family, from ten requests on, and not another one', () => {
    const ratios = [1.08, 1.1, 1.1, 1.1, 1.12, 1.1, 1.1, 1.1, 1.1, 1.1];
    expect(learnFactor('claude', ratios.slice(1))).toBeNull();
    const learned = learnFactor('claude', ratios);
    expect(learned).toMatchObject({ family: 'claude', ratio: 1.1, spread: 0.03, observations: minimumObservations });
    const model = 'claude-sonnet-4-20250514';
    const tokens = computeTokens(model, makeRequest(1000), counts(0).mix, learned ? [learned] : []);
    expect(tokens).toEqual({ inputTokens: 1342, exact: false, lowTokens: 1301, highTokens: 1383 });
    const { inputTokens } = computeTokens('gemini-2.5-pro', makeRequest(1000), counts(0).mix, learned ? [learned] : []);
    expect(inputTokens).toBe(1120);
  });

  test('widens the range where requests differ', () => {
    const ratios = Array.from({ length: 20 }, (_, index) => 0.8 + index * 0.02);
    expect(learnFactor('gemini', ratios)?.spread).toBeGreaterThan(0.15);
  });
});

describe('expected output', () => {
  const history = { calls: 40, taskType: 'review', p10: 100, p50: 800, p90: 2100 };

  test('is what the prompt says, else what calls had, else the setting', () => {
    expect(predictOutput(50, history, 500)).toEqual({
      low: 50,
      likely: 50,
      high: 50,
      from: 'document',
      calls: 0,
      taskType: null,
    });
    expect(predictOutput(null, history, 500)).toEqual({
      low: 100,
      likely: 800,
      high: 2100,
      from: 'history',
      calls: 40,
      taskType: 'review',
    });
    expect(predictOutput(null, null, 500)).toEqual({
      low: 500,
      likely: 500,
      high: 500,
      from: 'setting',
      calls: 0,
      taskType: null,
    });
  });

  test('makes the range of the total, also for exact tokens', () => {
    const { lowUsd, totalUsd, highUsd, exact } = estimateWith('gpt-4.1', 'gpt-4.1', {
      counts: counts(1000),
      output: predictOutput(null, history, 500),
      prices,
      now,
    });
    expect([exact, lowUsd, totalUsd, highUsd]).toEqual([true, 0.0028, 0.0084, 0.0188]);
  });
});

describe('an agent task', () => {
  const history: TaskHistory = {
    sessions: 38,
    turns: { p10: 2, p50: 4, p90: 10 },
    costUsd: { p10: 0.1, p50: 0.42, p90: 1.3 },
    firstPromptTokens: { p10: 10_000, p50: 10_000, p90: 10_000 },
    growthTokens: { p10: 1000, p50: 1000, p90: 1000 },
    outputTokens: { p10: 200, p50: 200, p90: 200 },
    cacheReadShare: 0,
  };

  test('is its turns with a context that grows, the prompt in each of them', () => {
    const task = estimateTask({ model: 'gpt-4.1', promptTokens: 500, history, prices, now });
    const turns = (count: number) =>
      Array.from({ length: count }, (_, turn) => (10_500 + turn * 1000) * 2e-6 + 200 * 8e-6).reduce((a, b) => a + b);
    expect(task.lowUsd).toBeCloseTo(turns(2), 9);
    expect(task.likelyUsd).toBeCloseTo(turns(4), 9);
    expect(task.highUsd).toBeCloseTo(turns(10), 9);
    expect(task).toMatchObject({ sessions: 38, pastUsd: { p50: 0.42, p90: 1.3 } });
  });

  test('reads from a cache what such tasks did, sums long ones in steps, and costs nothing known without a price', () => {
    const cached = estimateTask({
      model: 'gpt-4.1',
      promptTokens: 500,
      history: { ...history, cacheReadShare: 0.5 },
      prices,
      now,
    });
    expect(cached.likelyUsd).toBeLessThan(0.1);
    const long = {
      ...history,
      turns: { p10: 1000, p50: 1000, p90: 1000 },
      growthTokens: { p10: 10, p50: 10, p90: 10 },
    };
    const exact = Array.from({ length: 1000 }, (_, turn) => (10_500 + turn * 10) * 2e-6 + 200 * 8e-6).reduce(
      (a, b) => a + b,
    );
    const { likelyUsd } = estimateTask({ model: 'gpt-4.1', promptTokens: 500, history: long, prices, now });
    expect((likelyUsd ?? 0) / exact).toBeCloseTo(1, 3);
    expect(estimateTask({ model: 'nobody', promptTokens: 1, history, prices, now }).likelyUsd).toBeNull();
  });
});

describe('a file that is sent with every turn', () => {
  const calls = (requests: number, cacheReadTokens = 0) => ({
    model: 'gpt-4.1',
    requests,
    promptTokens: 1_000_000,
    cacheReadTokens,
    cacheWriteTokens: 0,
  });
  const turnCost = (given: ReturnType<typeof calls>[]) =>
    computeTurnCost({ counts: counts(1940), fallback: 'gpt-4.1-mini', calls: given, prices, learned: [], now });

  test('costs its tokens times the turns', () => {
    expect(turnCost([calls(212)])).toEqual({
      model: 'gpt-4.1',
      tokens: 1940,
      isExact: true,
      usdPerTurn: 0.00388,
      turns: 212,
      usd: 0.82256,
    });
  });

  test('costs less where the prompts came from a cache', () => {
    // Half of it at 0.5 USD per 1M instead of 2.
    expect(turnCost([calls(10, 500_000)]).usd).toBeCloseTo(10 * (970 * 2e-6 + 970 * 0.5e-6), 9);
  });

  test('costs nothing yet without turns, and nothing known with a model without a price', () => {
    expect(turnCost([])).toMatchObject({ model: 'gpt-4.1-mini', turns: 0, usd: 0, usdPerTurn: 0.000776 });
    expect(turnCost([{ ...calls(3), model: 'nobody' }])).toMatchObject({ turns: 3, usd: null, usdPerTurn: null });
  });
});
