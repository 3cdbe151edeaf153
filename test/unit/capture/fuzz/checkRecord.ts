import { cacheWriteTokens, promptTokens, type UsageRecord } from '../../../../src/core/usageRecord.ts';

const isCount = (value: number | null) =>
  value === null || (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0));

/** Why a record must never have left a parser; null when it is sound. */
export function findFlaw(record: UsageRecord): string | null {
  const { tokens } = record;
  for (const [bucket, count] of Object.entries(tokens)) {
    if (!isCount(count)) {
      return `${bucket} is ${count}`;
    }
  }
  if ([tokens.cacheRead, tokens.cacheWrite, tokens.cacheWrite5m, tokens.cacheWrite1h].includes(null as never)) {
    return 'a cache bucket is unknown';
  }
  if ((tokens.reasoning ?? 0) > (tokens.output ?? Number.POSITIVE_INFINITY)) {
    return `${tokens.reasoning} of ${tokens.output} output tokens are reasoning`;
  }
  const prompt = promptTokens(tokens);
  const parts = (tokens.input ?? 0) + tokens.cacheRead + cacheWriteTokens(tokens);
  if (prompt !== null && prompt !== parts) {
    return `a prompt of ${prompt} tokens has parts of ${parts}`;
  }
  if (!Number.isSafeInteger(parts + (tokens.output ?? 0))) {
    return 'the counts can not be added up';
  }
  if (!Number.isSafeInteger(record.timestamp) || Number.isNaN(new Date(record.timestamp).getTime())) {
    return `the time is ${record.timestamp}`;
  }
  for (const name of ['billedNanoUsd', 'agentCostNanoUsd', 'latencyMs', 'webSearches'] as const) {
    if (!isCount(record[name])) {
      return `${name} is ${record[name]}`;
    }
  }
  for (const [name, value] of Object.entries({ ...record, ids: null, tokens: null })) {
    if (typeof value === 'string' && (value.length > 1_000 || !value.isWellFormed() || /\p{Cc}/u.test(value))) {
      return `${name} is not fit for a column: ${JSON.stringify(value.slice(0, 50))}`;
    }
  }
  const isId = (id: unknown) => typeof id === 'string' && id !== '' && id.isWellFormed();
  return record.ids.every(isId) ? null : `an id is ${JSON.stringify(record.ids)}`;
}
