import { normalizeProvider } from '../../core/provider.ts';
import { parseTimestamp } from '../../core/time/time.ts';
import type { TokenCounts, UsageRecord } from '../../core/usageRecord.ts';
import { readAgentCost } from '../agentCost.ts';
import { asObject, asText, formatPiece, type JsonObject, readCount, readText, UsageError } from '../json.ts';
import { checkTokens, uncachedInput } from '../tokens.ts';
import { buildCall, modelAt, readEntries, type TranscriptPlace, type WholeParser } from './transcript.ts';

/** Cline in VS Code, `tasks/<id>/ui_messages.json` (wire formats, D6): `tokensIn` leaves the cache out. */
export const parseClineTask: WholeParser = (value, place) => parseTask('cline', value, place);

/** Roo Code, the same file: `tokensIn` includes the cache. */
export const parseRooTask: WholeParser = (value, place) => parseTask('roo', value, place);

/** A request is written without tokens first and then written again with them, in its place. */
function parseTask(agent: 'cline' | 'roo', value: unknown, place: TranscriptPlace) {
  if (!Array.isArray(value)) {
    throw new UsageError(null, 'The file is not a list of messages.');
  }
  const seen = new Map<string, number>();
  return readEntries(value, message => {
    const request = message.say === 'api_req_started' ? readRequest(message) : null;
    if (!request) {
      return [];
    }
    const key = `~${agent}:${place.sessionId}:${formatPiece(message.ts)}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return [build(agent, request, message, before === 0 ? key : `${key}#${before}`, place)];
  });
}

/** The request inside a message's text, when its tokens are known. */
function readRequest(message: JsonObject): JsonObject | null {
  let request: JsonObject | null = null;
  try {
    request = asObject(JSON.parse(asText(message.text) ?? 'null'));
  } catch {
    throw new UsageError('text', 'text is not JSON.');
  }
  return request && (request.tokensIn ?? request.tokensOut ?? null) !== null ? request : null;
}

function build(
  agent: 'cline' | 'roo',
  request: JsonObject,
  message: JsonObject,
  ownId: string,
  place: TranscriptPlace,
): UsageRecord {
  const info = asObject(message.modelInfo);
  const use = modelAt(place, parseTimestamp(message.ts));
  return buildCall(
    agent,
    {
      id: null,
      ownIds: [ownId],
      provider: normalizeProvider((info && readText(info, 'providerId')) ?? use?.provider),
      model: (info && readText(info, 'modelId')) ?? use?.model ?? null,
      tokens: readTokens(request, agent === 'roo'),
      agentCostNanoUsd: readAgentCost(request.cost),
      // A cancelled answer is billed as far as it came, which is not told.
      completeness: asText(request.cancelReason) === null ? 'complete' : 'lower_bound',
      time: message.ts,
      context: {},
    },
    place,
  );
}

function readTokens(request: JsonObject, isCacheInside: boolean): TokenCounts {
  const stated = (field: string) => ({ field: `text.${field}`, value: readCount(request, field, 'text.') });
  const input = stated('tokensIn');
  const cacheRead = stated('cacheReads');
  const cacheWrite = stated('cacheWrites');
  return checkTokens({
    input: isCacheInside ? uncachedInput(input, cacheRead, cacheWrite) : input.value,
    cacheRead: cacheRead.value ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: cacheWrite.value ?? 0,
    output: stated('tokensOut').value,
    reasoning: null,
  });
}
