import { describe, expect, it } from 'vitest';
import type { Figures } from '../../../src/api/contract.ts';
import { createPriceBook } from '../../../src/core/prices/priceBook.ts';
import { computeCost } from '../../../src/core/prices/pricing.ts';
import { formatDailySummary } from '../../run/demo/dailySummary.ts';
import { sampleCalls, toFlatRecord, toProviderResponse } from '../../run/demo/sampleTraffic.ts';
import { parseUsageBody } from '../capture/parseUsageBody.ts';

const at = new Date('2026-11-22T10:00:00Z');

function spendByModel(bodies: readonly object[]): Record<string, [number, number]> {
  const book = createPriceBook({});
  const spend: Record<string, [number, number]> = {};
  for (const item of parseUsageBody(JSON.stringify(bodies), {}, at.getTime())) {
    if (item.kind !== 'record') {
      throw new Error(item.error);
    }
    const model = item.record.model ?? '';
    const [requests, nanoUsd] = spend[model] ?? [0, 0];
    spend[model] = [requests + 1, nanoUsd + (computeCost(item.record, book).nanoUsd ?? Number.NaN)];
  }
  return spend;
}

describe('the sample traffic', () => {
  it('costs the same as flat records and as provider responses', () => {
    const expected = { 'gpt-4.1': [50, 2_450_000_000], 'gpt-4.1-mini': [200, 800_000_000] };
    expect(spendByModel(sampleCalls().map(call => toFlatRecord(call, at)))).toEqual(expected);
    expect(spendByModel(sampleCalls().map(call => toProviderResponse(call, at)))).toEqual(expected);
  });
});

describe('the daily summary', () => {
  const none = {
    prompt_tokens: 0,
    completion_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    subscription_cost_usd: null,
    estimated_requests: 0,
  };
  const figures = (requests: number, cost: number | null): Figures => {
    return { ...none, requests, cost_usd: cost, unpriced_requests: 0, avg_latency_ms: null };
  };
  const summary = {
    from: '',
    to: '',
    failed_requests: 0,
    total: figures(250, 3.25),
    groups: [
      { key: { model: 'gpt-4.1' }, ...figures(50, 2.45) },
      { key: { model: 'gpt-4.1-mini' }, ...figures(200, 0.8) },
    ],
  };

  it('names each model, the total and its share of the budget', () => {
    const budget = { spent_usd: 3.25, limit_usd: 5, remaining_usd: 1.75, state: 'ok' } as const;
    expect(formatDailySummary('2026-11-22', summary, budget)).toBe(
      'Daily Summary (2026-11-22)\ngpt-4.1: 50 requests, $2.45\ngpt-4.1-mini: 200 requests, $0.80\nTotal: $3.25 · 65% of the daily budget',
    );
  });

  it('says nothing of a budget when there is none', () => {
    const budget = { spent_usd: 3.25, limit_usd: null, remaining_usd: null, state: 'none' } as const;
    expect(formatDailySummary('2026-11-22', summary, budget)).toMatch(/^Total: \$3\.25$/m);
  });
});
