import { normalizeProvider } from '../../core/provider.ts';
import { parseTimestamp } from '../../core/time/time.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { asObject, asText, formatPiece, type JsonObject, readObject, readText } from '../json.ts';
import { type CodexCounts, isEqualCounts, readCounts, subtractCounts, toTokens } from './codexUsage.ts';
import { buildCall, type LineFormat, parseLine, type TranscriptPlace } from './transcript.ts';

/** What earlier lines of the file said. */
interface RolloutState {
  threadId: string | null;
  cwd: string | null;
  branch: string | null;
  provider: string | null;
  model: string | null;
  taskType: string | null;
  /** Has `token_usage_record`, so that `token_count` is a repetition. */
  hasRecords: boolean;
  /** Running totals of the thread at the last `token_count`. */
  total: CodexCounts | null;
  /** Until when lines are copies of the parent's, epoch ms; null once the thread's own have begun, or without a parent. */
  copiedUntil: number | null;
}

const start: RolloutState = {
  threadId: null,
  cwd: null,
  branch: null,
  provider: null,
  model: null,
  taskType: null,
  hasRecords: false,
  total: null,
  copiedUntil: null,
};

/** A line of any type but those that tell something; told as in `claudeCode.ts`. */
const others = /^\{[^{}[\]]*"type":"(?!session_meta"|turn_context"|token_usage_record"|event_msg")[a-z_]+"/;
/** A fork's copies are all written at once, within its first second or as fast as a disk takes them. No model answers so fast. */
const copyMs = 1_000;
const copyGapMs = 100;

/**
 * Codex, `sessions/YYYY/MM/DD/rollout-*.jsonl` and `archived_sessions/` (wire formats, D2). New files have a `token_usage_record` per
 * response. Old ones have `token_count` events with the running total of the thread: repeated for rate limits, and copied by forks and
 * subagents with new times. The model is that of the last `turn_context`.
 */
export const codexFormat: LineFormat = {
  markers: ['"token_usage_record"', '"token_count"', '"turn_context"', '"session_meta"'],
  isSilent: head => others.test(head),
  create: (place, saved) => {
    const state: RolloutState = { ...start, ...(asObject(saved) as Partial<RolloutState> | null) };
    return {
      push: line => parseEntry(parseLine(line), state, place),
      get state() {
        return state;
      },
    };
  },
};

function parseEntry(entry: JsonObject, state: RolloutState, place: TranscriptPlace): UsageRecord[] {
  const payload = asObject(entry.payload);
  if (!payload) {
    return [];
  }
  if (entry.type === 'session_meta') {
    readSession(payload, parseTimestamp(entry.timestamp) ?? parseTimestamp(payload.timestamp), state);
  } else if (entry.type === 'turn_context') {
    state.model = readText(payload, 'model') ?? state.model;
    state.cwd = readText(payload, 'cwd') ?? state.cwd;
  } else if (entry.type === 'token_usage_record') {
    return parseUsageRecord(payload, entry.timestamp, state, place);
  } else if (entry.type === 'event_msg' && payload.type === 'token_count') {
    return parseTokenCount(payload, entry.timestamp, state, place);
  }
  return [];
}

/** Only the first is the file's own: a fork copies its parents'. */
function readSession(meta: JsonObject, time: number | null, state: RolloutState): void {
  if (state.threadId !== null) {
    return;
  }
  state.threadId = readText(meta, 'id') ?? readText(meta, 'session_id');
  state.cwd = readText(meta, 'cwd') ?? state.cwd;
  state.branch = readText(asObject(meta.git) ?? {}, 'branch');
  state.provider = normalizeProvider(readText(meta, 'model_provider'));
  const subagent = asObject(meta.source)?.subagent;
  const spawn = asObject(asObject(subagent)?.thread_spawn);
  const kind = asText(subagent) ?? Object.keys(asObject(subagent) ?? {})[0]?.replace('thread_spawn', 'subagent');
  state.taskType = readText(spawn ?? {}, 'agent_role') ?? readText({ kind }, 'kind');
  const parent = asText(meta.forked_from_id) ?? asText(meta.parent_thread_id) ?? asText(spawn?.parent_thread_id);
  state.copiedUntil = parent !== null && time !== null ? time + copyMs - 1 : null;
}

function parseUsageRecord(
  payload: JsonObject,
  time: unknown,
  state: RolloutState,
  place: TranscriptPlace,
): UsageRecord[] {
  state.hasRecords = true;
  const path = 'payload.usage.';
  const counts = readCounts(readObject(payload, 'usage', 'payload.'), path);
  const threadId = readText(payload, 'thread_id') ?? state.threadId;
  const total = asObject(payload.thread_token_usage);
  const key =
    total && counts.some(count => count > 0)
      ? idOfTotal(threadId, readCounts(total, 'payload.thread_token_usage.'))
      : null;
  const id = readText(payload, 'response_id', 'payload.');
  return [
    build(
      counts,
      path,
      { id, ownId: key ?? (id === null ? `~codex:${threadId}:@${formatPiece(time)}` : null), threadId, time },
      state,
      place,
    ),
  ];
}

function parseTokenCount(
  payload: JsonObject,
  time: unknown,
  state: RolloutState,
  place: TranscriptPlace,
): UsageRecord[] {
  const info = asObject(payload.info);
  if (!info) {
    return [];
  }
  const path = 'payload.info.last_token_usage.';
  const total = asObject(info.total_token_usage);
  const last = asObject(info.last_token_usage);
  const totals = total && readCounts(total, 'payload.info.total_token_usage.');
  const before = state.total;
  state.total = totals ?? before;
  const isRepeated = totals !== null && isEqualCounts(before, totals);
  if (isCopied(time, state) || state.hasRecords || isRepeated || (!totals && !last)) {
    return [];
  }
  const counts = last ? readCounts(last, path) : subtractCounts(totals as CodexCounts, before);
  if (counts.every(count => count === 0)) {
    return [];
  }
  const { threadId } = state;
  const ownId = totals ? idOfTotal(threadId, totals) : `~codex:${threadId}:@${formatPiece(time)}:${counts}`;
  return [build(counts, path, { id: null, ownId, threadId, time }, state, place)];
}

/** Whether a line of a fork is its parent's, told by the time at which it was written. */
function isCopied(time: unknown, state: RolloutState): boolean {
  const written = parseTimestamp(time);
  if (state.copiedUntil === null || written === null) {
    return false;
  }
  if (written > state.copiedUntil) {
    state.copiedUntil = null;
    return false;
  }
  state.copiedUntil = Math.max(state.copiedUntil, written + copyGapMs);
  return true;
}

/** Running totals only grow within a thread, so they name a call of it, whatever line tells them. */
function idOfTotal(threadId: string | null, totals: CodexCounts): string {
  return `~codex:${threadId}:${totals.join('/')}`;
}

interface CallName {
  readonly id: string | null;
  readonly ownId: string | null;
  readonly threadId: string | null;
  readonly time: unknown;
}

function build(
  counts: CodexCounts,
  path: string,
  call: CallName,
  state: RolloutState,
  place: TranscriptPlace,
): UsageRecord {
  const { id, ownId, threadId, time } = call;
  const context = {
    sessionId: threadId ?? undefined,
    taskType: state.taskType ?? undefined,
    cwd: state.cwd ?? undefined,
    branch: state.branch ?? undefined,
  };
  const provider = state.provider ?? 'openai';
  return buildCall(
    'codex',
    { id, ownIds: [ownId], provider, model: state.model, tokens: toTokens(counts, path), time, context },
    place,
  );
}
