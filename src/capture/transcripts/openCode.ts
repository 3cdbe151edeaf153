import { normalizeProvider } from '../../core/provider.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { readAgentCost } from '../agentCost.ts';
import { asObject, formatPiece, type JsonObject, readCount, readObject, readText, UsageError } from '../json.ts';
import { checkTokens } from '../tokens.ts';
import { buildCall, type TranscriptPlace, type WholeParser } from './transcript.ts';

/** A row of OpenCode's table `message`. */
export interface OpenCodeRow {
  readonly id: string;
  readonly session_id: string;
  /** Epoch ms. */
  readonly time_created: number;
  /** JSON. */
  readonly data: string;
}

/**
 * The call of a row (wire formats, D4): `input` leaves the cache out, and `output` the reasoning. Counts are 0 until the answer is
 * complete; `part`, `event` and `session` rows repeat the same spend. Throws `UsageError` and `SyntaxError`.
 */
export function parseOpenCodeRow(row: OpenCodeRow, place: TranscriptPlace): UsageRecord[] {
  const data = asObject(JSON.parse(row.data));
  return data ? parseMessage(data, row.id, row.session_id, row.time_created, place) : [];
}

/** A file of the form before the database, `storage/message/<session>/<message>.json`. */
export const parseOpenCodeFile: WholeParser = (value, place) => {
  const message = asObject(value);
  if (!message || typeof message.role !== 'string') {
    throw new UsageError('role', 'The file is not a message of OpenCode.');
  }
  return {
    records: parseMessage(message, readText(message, 'id'), readText(message, 'sessionID'), null, place),
    skipped: 0,
  };
};

function parseMessage(
  message: JsonObject,
  id: string | null,
  sessionId: string | null,
  rowTime: number | null,
  place: TranscriptPlace,
): UsageRecord[] {
  const counts = asObject(message.tokens);
  if (message.role !== 'assistant' || !counts) {
    return [];
  }
  const count = (field: string) => readCount(counts, field, 'tokens.') ?? 0;
  const cache = readObject(counts, 'cache', 'tokens.');
  const reasoning = count('reasoning');
  const tokens = checkTokens({
    input: count('input'),
    cacheRead: readCount(cache, 'read', 'tokens.cache.') ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: readCount(cache, 'write', 'tokens.cache.') ?? 0,
    output: count('output') + reasoning,
    reasoning,
  });
  if (tokens.input === 0 && tokens.output === 0 && tokens.cacheRead + tokens.cacheWrite === 0) {
    return [];
  }
  const time = asObject(message.time);
  const context = {
    sessionId: sessionId ?? undefined,
    taskType: readText(message, 'agent') ?? readText(message, 'mode') ?? undefined,
    cwd: readText(asObject(message.path) ?? {}, 'cwd') ?? undefined,
  };
  return [
    buildCall(
      'opencode',
      {
        // Ids of OpenCode's own: the provider knows the call by another.
        id: null,
        ownIds: [id === null ? null : `~opencode:${id}`, idOfCopies(message, time)],
        shownId: id,
        provider: normalizeProvider(readText(message, 'providerID')),
        model: readText(message, 'modelID'),
        tokens,
        agentCostNanoUsd: readAgentCost(message.cost),
        time: time?.created ?? rowTime,
        context,
      },
      place,
    ),
  ];
}

/** A fork copies messages under new ids, but not the milliseconds at which they began and ended. */
function idOfCopies(message: JsonObject, time: JsonObject | null): string | null {
  const { created, completed } = time ?? {};
  const isTimed = typeof created === 'number' && typeof completed === 'number' && completed > created;
  return isTimed ? `~opencode:${created}-${completed}:${formatPiece(message.modelID)}` : null;
}
