import { type BudgetCalls, createBudgetCalls } from './budgetCalls.ts';
import { createEngineCalls, type EngineCalls } from './engineCalls.ts';
import { createEstimateCalls, type EstimateCalls } from './estimateCalls.ts';
import { createSpendCalls, type SpendCalls } from './spendCalls.ts';
import { createStoreCalls, type StoreCalls } from './storeCalls.ts';
import { createTransport } from './transport.ts';

export type { ReadOptions, SummaryRange } from './question.ts';

export interface ClientOptions {
  /** Base URL of the engine, without a slash at its end. */
  readonly url: string;
  /** The admin token, or an ingest token: the calls then read that token's ledger. */
  readonly token: string;
  /** Added to every question about calls: with the admin token `window`, or `scope=machine`. */
  readonly reads?: Readonly<Record<string, string>>;
  /** How long one call may take, ms. Streams have it for their beginning only. */
  readonly timeoutMs?: number;
}

/** The engine's HTTP interface, typed. Every call throws `ApiError` or `EngineUnreachableError`, or the signal's reason. */
export interface Client extends SpendCalls, BudgetCalls, EstimateCalls, StoreCalls, EngineCalls {
  readonly url: string;
}

const defaultTimeoutMs = 10_000;

export function createClient({ url, token, reads = {}, timeoutMs = defaultTimeoutMs }: ClientOptions): Client {
  const transport = createTransport(url, token, timeoutMs);
  return {
    url,
    ...createSpendCalls(transport, reads),
    ...createBudgetCalls(transport, reads),
    ...createEstimateCalls(transport),
    ...createStoreCalls(transport, url),
    ...createEngineCalls(transport),
  };
}
