import type { Cost } from '../core/prices/cost.ts';
import { promptTokens } from '../core/usageRecord.ts';
import type { StoredCall } from './ledger.ts';
import type { CallRow } from './tables/change.ts';

type Outlined = Pick<CallRow, 'id' | 'record'> & { readonly cost: Pick<Cost, 'nanoUsd' | 'basis'> };

/** The outline of a row. */
export function toStoredCall({ id, record, cost }: Outlined): StoredCall {
  return {
    id,
    timestamp: record.timestamp,
    provider: record.provider,
    model: record.model,
    agent: record.agent,
    sessionId: record.sessionId,
    taskType: record.taskType,
    promptTokens: promptTokens(record.tokens),
    completionTokens: record.tokens.output,
    costNanoUsd: cost.nanoUsd,
    costBasis: cost.basis,
    signal: record.signal,
  };
}
