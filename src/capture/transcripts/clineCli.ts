import { normalizeProvider } from '../../core/provider.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { readAgentCost } from '../agentCost.ts';
import { asObject, type JsonObject, readCount, readText, UsageError } from '../json.ts';
import { checkTokens, uncachedInput } from '../tokens.ts';
import { buildCall, modelAt, readEntries, type TranscriptPlace, type WholeParser } from './transcript.ts';

/**
 * Cline CLI, `sessions/<id>/<id>.messages.json` (wire formats, D6): assistant messages with `metrics`, input with the cache included. The
 * sums in `<id>.json` are rollups; subagents have folders of their own.
 */
export const parseClineCliSession: WholeParser = (value, place) => {
  const messages = Array.isArray(value) ? value : asObject(value)?.messages;
  if (!Array.isArray(messages)) {
    throw new UsageError('messages', 'The file is not a session of Cline CLI.');
  }
  return readEntries(messages, (message, index) => parseMessage(message, index, place));
};

function parseMessage(message: JsonObject, index: number, place: TranscriptPlace): UsageRecord[] {
  const metrics = asObject(message.metrics);
  if (message.role !== 'assistant' || !metrics) {
    return [];
  }
  const stated = (field: string) => ({ field: `metrics.${field}`, value: readCount(metrics, field, 'metrics.') });
  const cacheRead = stated('cacheReadTokens');
  const cacheWrite = stated('cacheWriteTokens');
  const tokens = checkTokens({
    input: uncachedInput(stated('inputTokens'), cacheRead, cacheWrite),
    cacheRead: cacheRead.value ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: cacheWrite.value ?? 0,
    output: stated('outputTokens').value,
    reasoning: null,
  });
  const info = asObject(message.modelInfo);
  const use = modelAt(place, null);
  const id = readText(message, 'id');
  const call = {
    id: null,
    ownIds: [`~cline-cli:${place.sessionId}:${id ?? index}`],
    provider: normalizeProvider((info && readText(info, 'provider')) ?? use?.provider),
    model: (info && readText(info, 'id')) ?? use?.model ?? null,
    tokens,
    agentCostNanoUsd: readAgentCost(metrics.cost),
    time: message.ts ?? message.timestamp ?? message.createdAt,
    context: {},
  };
  return [buildCall('cline-cli', call, place)];
}
