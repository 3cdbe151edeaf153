import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Cost } from '../../../src/core/prices/cost.ts';
import { emptyRecord, type UsageRecord } from '../../../src/core/usageRecord.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { openLedger } from '../../../src/ledger/openLedger.ts';
import type { FailedCall } from '../../../src/ledger/side/failedCalls.ts';

export const noon = Date.UTC(2026, 10, 22, 12);

/** A complete flat record of 1,000 tokens in and 500 out at noon, changed as asked. */
export function makeRecord(changes: Partial<UsageRecord> = {}): UsageRecord {
  return {
    ...emptyRecord,
    ids: changes.requestId ? [changes.requestId] : [],
    timestamp: noon,
    provider: 'openai',
    model: 'gpt-4.1',
    sessionId: 's1',
    taskType: 'chat',
    ...changes,
    tokens: makeTokens(changes.tokens),
  };
}

export function makeTokens(changes: Partial<UsageRecord['tokens']> = {}): UsageRecord['tokens'] {
  const none = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWrite: 0, reasoning: null };
  return { input: 1000, output: 500, ...none, ...changes };
}

/** A call that was refused at noon, changed as asked. */
export function makeFailed(changes: Partial<FailedCall> = {}): FailedCall {
  const { provider, agent, taskType, userId, team, project, branch, folder, plan, endpoint } = emptyRecord;
  return {
    ...{ provider, agent, taskType, userId, team, project, branch, folder, plan, endpoint },
    ids: changes.requestId ? [changes.requestId] : [],
    requestId: null,
    timestamp: noon,
    model: 'gpt-4.1',
    sessionId: 's1',
    latencyMs: 12,
    status: 429,
    error: 'rate_limit_exceeded',
    signal: 'gateway',
    ...changes,
  };
}

/** Two USD per million tokens in, eight out; `mystery` has no rate. */
export function price({ model, tokens }: UsageRecord): Cost {
  if (model === 'mystery') {
    return { nanoUsd: null, basis: 'unpriced', rate: null };
  }
  const rate = { input: 2, output: 8, cacheRead: 2, cacheWrite5m: 2, cacheWrite1h: 2, webSearch: 0 };
  const nanoUsd = (tokens.input ?? 0) * 2000 + (tokens.output ?? 0) * 8000;
  return { nanoUsd, basis: 'priced', rate: { ...rate, source: 'test', tierFrom: null, factors: {} } };
}

/** A folder that is gone when the test is. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spend-lens-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function open(folder: string, changes: { price?: typeof price; isUnjournaled?: boolean } = {}): Promise<Ledger> {
  return openLedger({ folder, price, now: () => noon, log: () => undefined, ...changes });
}
