/** Posts the sample traffic to a real endpoint: what an agent did in the last minutes at once, then live calls one by one. */
import { setTimeout as wait } from 'node:timers/promises';
import type { BudgetAnswer, UsageAnswer } from '../../../src/api/contract.ts';
import { callEndpoint, type Endpoint } from './endpoint.ts';
import { type SampleCall, sampleCalls, toFlatRecord, toProviderResponse } from './sampleTraffic.ts';

/** Calls that are played live. */
const liveCalls = 30;
/** Ms between two of them. */
const liveGap = 350;
/** How far back the past calls reach at most, in ms. */
const pastSpan = 40 * 60_000;

interface Playing {
  readonly endpoint: Endpoint;
  /** First instant of today, epoch ms: no call is older. */
  readonly startOfToday: number;
  /** After each live call, with today's spend in USD as the endpoint's answer gave it. */
  readonly onLiveCall: (call: SampleCall, spentUsd: number) => void;
}

async function post(endpoint: Endpoint, body: object): Promise<UsageAnswer> {
  const answer = await callEndpoint<UsageAnswer>(endpoint, '/v1/usage', body);
  if (answer.rejected.length > 0) {
    throw new Error(`The endpoint rejected a sample call: ${JSON.stringify(answer.rejected[0])}`);
  }
  return answer;
}

/** Resolves with the budget after the last call; rejects when the endpoint refuses one. */
export async function playTraffic({ endpoint, startOfToday, onLiveCall }: Playing): Promise<BudgetAnswer> {
  const calls = sampleCalls();
  const past = calls.slice(0, -liveCalls);
  const now = Date.now();
  const span = Math.min(pastSpan, now - startOfToday);
  const timeOf = (index: number): Date => new Date(now - span + Math.floor((span * index) / past.length));
  let { budget } = await post(
    endpoint,
    past.map((call, index) => toFlatRecord(call, timeOf(index))),
  );
  for (const call of calls.slice(-liveCalls)) {
    await wait(liveGap);
    ({ budget } = await post(endpoint, toProviderResponse(call, new Date())));
    onLiveCall(call, budget.spent_usd);
  }
  return budget;
}
