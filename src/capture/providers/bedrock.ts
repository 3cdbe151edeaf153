import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, type JsonObject, readAmount, readCount, readObject, readText, UsageError } from '../json.ts';
import { buildRecord } from '../record.ts';
import { checkTokens, checkTotal, type Stated, splitCacheWrites } from '../tokens.ts';
import { type Accumulator, copyFields } from './accumulator.ts';

/**
 * A response of Bedrock's Converse (wire formats, B9): input leaves the cache out. The model is in the URL only, so without a
 * context there is none. Throws `UsageError` when it has no usage or contradicts itself.
 */
export function parseBedrock(
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness = 'complete',
): UsageRecord[] {
  const usage = readObject(response, 'usage');
  const stated = (field: string): Stated => ({ field: `usage.${field}`, value: readCount(usage, field, 'usage.') });
  const written = firstStated(stated('cacheWriteInputTokens'), stated('cacheWriteInputTokenCount'));
  const read = firstStated(stated('cacheReadInputTokens'), stated('cacheReadInputTokenCount'));
  const ttls = readTtls(usage);
  const tokens = checkTokens({
    input: stated('inputTokens').value,
    cacheRead: read.value ?? 0,
    ...splitCacheWrites(written, ttls.fiveMinutes, ttls.oneHour),
    output: stated('outputTokens').value,
    reasoning: null,
  });
  checkTotal(stated('totalTokens'), tokens);
  const facts = {
    id: readText(readObject(response, '$metadata'), 'requestId', '$metadata.'),
    provider: context.provider ?? 'bedrock',
    model: null,
    tokens,
    completeness,
    serviceTier: readText(readObject(response, 'serviceTier'), 'type', 'serviceTier.'),
    latencyMs: readAmount(readObject(response, 'metrics'), 'latencyMs', 'metrics.'),
  };
  return [buildRecord(facts, context, receivedAt, context.signal ?? 'response')];
}

/** Amazon's own models, called by InvokeModel, add "Count" to the name. */
function firstStated(first: Stated, second: Stated): Stated {
  return first.value === null && second.value !== null ? second : first;
}

function readTtls(usage: JsonObject): { fiveMinutes: number | null; oneHour: number | null } {
  const details = usage.cacheDetails ?? [];
  if (!Array.isArray(details)) {
    throw new UsageError('usage.cacheDetails', 'usage.cacheDetails must be an array.');
  }
  const sum = (ttl: string): number | null => {
    const counts = details.map((detail, index) => {
      const entry = asObject(detail);
      return entry?.ttl === ttl ? readCount(entry, 'inputTokens', `usage.cacheDetails[${index}].`) : null;
    });
    const told = counts.filter(count => count !== null);
    return told.length === 0 ? null : told.reduce((total, count) => total + count, 0);
  };
  return { fiveMinutes: sum('5m'), oneHour: sum('1h') };
}

/** The decoded events of a ConverseStream: the last one, `metadata`, has the usage. */
export function createBedrockStream(): Accumulator {
  const response: Record<string, unknown> = {};
  return {
    push(event) {
      copyFields(response, asObject(event.metadata) ?? {}, ['usage', 'metrics', 'serviceTier']);
    },
    finish: () => ({ response, completeness: 'complete' }),
    get isClosed() {
      return response.usage !== undefined;
    },
  };
}
