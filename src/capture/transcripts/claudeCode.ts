import { parseTimestamp } from '../../core/time/time.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { readAgentCost } from '../agentCost.ts';
import { asObject, asText, type JsonObject, readText } from '../json.ts';
import { parseAnthropic } from '../providers/anthropic.ts';
import { type LineFormat, parseLine, type TranscriptPlace } from './transcript.ts';

/**
 * A line that is a prompt or a tool's result, most of a transcript. Before its type there are only plain values: inside a text the
 * quotes would be escaped, and inside another object there would be a brace.
 */
const prompt = /^\{[^{}[\]]*"type":"user"/;
/** The request ids of so many last calls are remembered, to see one that several calls claim. */
const rememberedRequests = 20;

/** Pairs of request id and message id, oldest first. */
type Requests = [request: string, message: string][];

/**
 * Claude Code, `projects/<cwd>/<session>.jsonl` and `<session>/subagents/agent-<id>.jsonl` (wire formats, D1). A response has one line
 * per content block, all with its message id and, since 2.1, with the same final usage; before, early lines have a partial one. Lines
 * copied by a fork keep their ids. `cost-state` is cumulative and counts nothing.
 */
export const claudeCodeFormat: LineFormat = {
  markers: ['"input_tokens"'],
  isSilent: head => prompt.test(head),
  create: (place, state) => {
    const requests: Requests = Array.isArray(state) ? [...(state as Requests)] : [];
    return {
      push: line => parseEntry(parseLine(line), place, requests),
      get state() {
        return requests;
      },
    };
  },
};

function parseEntry(entry: JsonObject, place: TranscriptPlace, requests: Requests): UsageRecord[] {
  if (entry.type === 'progress') {
    // Builds before subagents had files of their own; where both exist the ids are the same.
    const inner = asObject(asObject(entry.data)?.message);
    return inner?.type === 'assistant' ? parseEntry({ ...entry, ...inner, isSidechain: true }, place, requests) : [];
  }
  const message = asObject(entry.message);
  if (entry.type !== 'assistant' || !message || !asObject(message.usage) || message.model === '<synthetic>') {
    return [];
  }
  const messageId = readText(message, 'id', 'message.');
  const requestId = claimRequest(requests, readText(entry, 'requestId'), messageId);
  const origin = asObject(entry.forkedFrom);
  const context = {
    agent: 'claude-code',
    requestId: requestId ?? undefined,
    idempotencyKey: messageId === null && requestId === null ? ownId(entry) : undefined,
    sessionId:
      (origin && readText(origin, 'sessionId')) ?? readText(entry, 'sessionId') ?? place.sessionId ?? undefined,
    taskType: taskTypeOf(entry, place),
    cwd: readText(entry, 'cwd') ?? place.cwd ?? undefined,
    branch: readText(entry, 'gitBranch') ?? undefined,
    timestamp: parseTimestamp(entry.timestamp) ?? undefined,
    signal: 'transcript',
  } as const;
  // A line that was written before the response had ended says so; what it counts is a part.
  const isPartial = message.stop_reason === null;
  const [call, ...others] = parseAnthropic(message, context, place.changedAt, isPartial ? 'lower_bound' : 'complete');
  // Builds of 2024 wrote what they thought that the call cost.
  return call ? [{ ...call, agentCostNanoUsd: readAgentCost(entry.costUSD) }, ...others] : [];
}

function ownId(entry: JsonObject): string | undefined {
  const uuid = readText(entry, 'uuid');
  return uuid === null ? undefined : `~claude-code:${uuid}`;
}

/** A subagent's type, or that there is one; the main conversation is `chat`. */
function taskTypeOf(entry: JsonObject, place: TranscriptPlace): string {
  const isSubagent = entry.isSidechain === true || asText(entry.agentId) !== null;
  return isSubagent ? (readText(entry, 'agentType') ?? place.taskType ?? 'subagent') : 'chat';
}

/**
 * The request id, unless another message of this file has it: side chains replay the parent's messages under request ids of their own
 * making (wire formats, D1), and one id must not make one call of several messages.
 */
function claimRequest(requests: Requests, requestId: string | null, messageId: string | null): string | null {
  if (requestId === null || messageId === null) {
    return requestId;
  }
  const owner = requests.find(([request]) => request === requestId);
  if (owner) {
    return owner[1] === messageId ? requestId : null;
  }
  requests.push([requestId, messageId]);
  if (requests.length > rememberedRequests) {
    requests.shift();
  }
  return requestId;
}
