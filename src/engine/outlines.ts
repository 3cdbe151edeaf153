import type { RecordOutline } from '../api/contract.ts';
import { promptTokens, type UsageRecord } from '../core/usageRecord.ts';
import type { Appended } from '../ledger/ledger.ts';
import { formatOutline } from './figures.ts';

/** The outline of a call that was just stored. */
export function outlineAppended(record: UsageRecord, appended: Appended): RecordOutline {
  return formatOutline({
    id: appended.id,
    timestamp: record.timestamp,
    provider: record.provider,
    model: record.model,
    agent: record.agent,
    sessionId: record.sessionId,
    taskType: record.taskType,
    promptTokens: promptTokens(record.tokens),
    completionTokens: record.tokens.output,
    costNanoUsd: appended.costNanoUsd,
    costBasis: appended.costBasis,
    signal: record.signal,
  });
}
