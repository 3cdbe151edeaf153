import { normalizeProvider } from '../../core/provider.ts';
import { parseTimestamp } from '../../core/time/time.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { asObject, type JsonObject, readAmount, readCount, readText } from '../json.ts';
import { checkReasoning, checkTokens, uncachedInput } from '../tokens.ts';
import { buildCall, type LineFormat, parseLine, type TranscriptPlace } from './transcript.ts';

interface SessionState {
  sessionId: string | null;
  cwd: string | null;
  branch: string | null;
}

/**
 * GitHub Copilot CLI, `session-state/<id>/events.jsonl` (wire formats, D5): one `session.usage_record` per call, input with the cache
 * included; `session.shutdown` repeats them as a sum. `cost` counts premium requests, not USD; nano-AIU are GitHub's own amount.
 */
export const copilotCliFormat: LineFormat = {
  markers: ['"session.usage_record"', '"session.start"'],
  create: (place, saved) => {
    const state: SessionState = {
      sessionId: null,
      cwd: null,
      branch: null,
      ...(asObject(saved) as Partial<SessionState> | null),
    };
    return {
      push: line => parseEvent(parseLine(line), state, place),
      get state() {
        return state;
      },
    };
  },
};

function parseEvent(event: JsonObject, state: SessionState, place: TranscriptPlace): UsageRecord[] {
  const data = asObject(event.data);
  if (event.type === 'session.start' && data) {
    const where = asObject(data.context) ?? data;
    state.sessionId = readText(data, 'sessionId') ?? state.sessionId;
    state.cwd = readText(where, 'cwd') ?? state.cwd;
    state.branch = readText(where, 'branch') ?? state.branch;
  }
  const usage = asObject(data?.usage);
  return event.type === 'session.usage_record' && usage ? [parseUsage(usage, event, state, place)] : [];
}

function parseUsage(usage: JsonObject, event: JsonObject, state: SessionState, place: TranscriptPlace): UsageRecord {
  const path = 'data.usage.';
  const stated = (field: string) => ({ field: path + field, value: readCount(usage, field, path) });
  const cacheRead = stated('cacheReadTokens');
  const cacheWrite = stated('cacheWriteTokens');
  const output = stated('outputTokens');
  const reasoning = stated('reasoningTokens');
  checkReasoning(reasoning, output);
  const tokens = checkTokens({
    input: uncachedInput(stated('inputTokens'), cacheRead, cacheWrite),
    cacheRead: cacheRead.value ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: cacheWrite.value ?? 0,
    output: output.value,
    reasoning: reasoning.value,
  });
  const id = readText(usage, 'apiCallId');
  const context = {
    requestId: readText(usage, 'providerCallId') ?? undefined,
    sessionId: state.sessionId ?? undefined,
    cwd: state.cwd ?? undefined,
    branch: state.branch ?? undefined,
    endpoint: readText(usage, 'apiEndpoint') ?? undefined,
    latencyMs: readAmount(usage, 'duration', path) ?? undefined,
    timestamp: parseTimestamp(event.timestamp) ?? undefined,
  };
  const eventId = readText(event, 'id');
  return buildCall(
    'copilot-cli',
    {
      id,
      ownIds: [
        id === null && eventId !== null ? `~copilot-cli:${state.sessionId ?? place.sessionId}:${eventId}` : null,
      ],
      provider: normalizeProvider(readText(usage, 'modelProvider')) ?? 'github',
      model: readText(usage, 'model'),
      tokens,
      billedNanoUsd: usage.isByok === true ? null : readNanoAiu(usage, path),
      time: event.timestamp,
      context,
    },
    place,
  );
}

/**
 * GitHub's own amount: an AI credit is 1 cent, so 1e11 nano-AIU are 1 USD. In `copilotUsage` by the types of `@github/copilot-sdk`
 * (generated/session-events.d.ts, `AssistantUsageData`), else beside the counts. Null when there is none.
 */
function readNanoAiu(usage: JsonObject, path: string): number | null {
  const places: readonly [JsonObject, string, string][] = [
    [asObject(usage.copilotUsage) ?? {}, `${path}copilotUsage.`, 'totalNanoAiu'],
    ...['totalNanoAiu', 'nanoAiu', 'total_nano_aiu'].map((field): [JsonObject, string, string] => [usage, path, field]),
  ];
  const place = places.find(([holder, , field]) => typeof holder[field] === 'number');
  const amount = place ? readAmount(place[0], place[2], place[1]) : null;
  return amount === null ? null : Math.floor(amount / 100 + 0.5);
}
