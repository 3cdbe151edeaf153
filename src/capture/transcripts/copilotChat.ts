import type { UsageRecord } from '../../core/usageRecord.ts';
import { asObject, formatPiece, type JsonObject, readCount, readText, UsageError } from '../json.ts';
import { checkTokens } from '../tokens.ts';
import {
  buildCall,
  type LineFormat,
  parseLine,
  readEntries,
  type TranscriptPlace,
  type WholeParser,
} from './transcript.ts';

/** What has to be known of a request until its result comes: `requestId, timestamp, modelId` and the metadata of the result. */
type ChatRequest = JsonObject;

/** Requests that a chat may have, and fields that lie within each other in one. */
const longestChat = 100_000;
const deepestField = 32;

interface ChatState {
  sessionId: string | null;
  requests: ChatRequest[];
}

/**
 * Copilot Chat in VS Code, `chatSessions/<id>.jsonl` (wire formats, D5): a log of operations on one object; `kind` 0 is the whole of it, 1
 * sets what is at path `k`, 2 adds to the list there (after cutting it at `i`), 3 deletes. Tokens stand in the result of a request:
 * one number for all its calls and no cache, so the cost is an estimate.
 */
export const copilotChatFormat: LineFormat = {
  markers: [],
  create: (place, saved) => {
    const state: ChatState = { sessionId: null, requests: [], ...(asObject(saved) as Partial<ChatState> | null) };
    return {
      push: line => apply(parseLine(line), state, place),
      get state() {
        return state;
      },
    };
  },
};

/** The form before: the whole object, `chatSessions/<id>.json`. */
export const parseCopilotChatFile: WholeParser = (value, place) => {
  const chat = asObject(value);
  if (!chat || !Array.isArray(chat.requests)) {
    throw new UsageError('requests', 'The file is not a chat of VS Code.');
  }
  const sessionId = readText(chat, 'sessionId');
  return readEntries(chat.requests, request => parseRequest(trim(request), sessionId, place));
};

function apply(operation: JsonObject, state: ChatState, place: TranscriptPlace): UsageRecord[] {
  const path = Array.isArray(operation.k) ? operation.k : [];
  const [root, index, ...rest] = path;
  if (operation.kind === 0) {
    const chat = asObject(operation.v) ?? {};
    state.sessionId = readText(chat, 'sessionId') ?? state.sessionId;
    state.requests = listRequests(chat.requests);
    return parseAll(state.requests, state, place);
  }
  if (root !== 'requests') {
    return [];
  }
  if (index === undefined) {
    return changeList(operation, state, place);
  }
  if (!isPlace(index) || rest.length > deepestField) {
    return [];
  }
  const before = state.requests[index] ?? {};
  const after =
    rest.length === 0
      ? (asObject(operation.v) ?? {})
      : setAt(before, rest, operation.kind === 3 ? undefined : operation.v);
  state.requests[index] = trim(after);
  return rest.length === 0 || rest[0] === 'result' ? parseRequest(state.requests[index], state.sessionId, place) : [];
}

/** A list with a place far behind its end would be as long as that, and is stored with the cursor. */
function isPlace(index: unknown): index is number {
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < longestChat;
}

function changeList({ kind, v, i }: JsonObject, state: ChatState, place: TranscriptPlace): UsageRecord[] {
  if (kind === 1 || kind === 3) {
    state.requests = listRequests(v);
    return parseAll(state.requests, state, place);
  }
  if (kind !== 2) {
    return [];
  }
  const added = listRequests(v);
  state.requests = [...state.requests.slice(0, typeof i === 'number' ? i : undefined), ...added];
  return parseAll(added, state, place);
}

/** The object with one thing in it replaced; what is not there is made. */
function setAt(target: JsonObject, path: readonly unknown[], value: unknown): JsonObject {
  const [key, ...rest] = path;
  const name = formatPiece(key);
  return { ...target, [name]: rest.length === 0 ? value : setAt(asObject(target[name]) ?? {}, rest, value) };
}

function listRequests(value: unknown): ChatRequest[] {
  return (Array.isArray(value) ? value : []).map(request => trim(asObject(request) ?? {}));
}

/** The request without the conversation in it. */
function trim({ requestId, timestamp, modelId, result }: JsonObject): ChatRequest {
  const metadata = asObject(asObject(result)?.metadata);
  const { promptTokens, outputTokens, resolvedModel } = metadata ?? {};
  return {
    requestId,
    timestamp,
    modelId,
    ...(metadata ? { result: { metadata: { promptTokens, outputTokens, resolvedModel } } } : {}),
  };
}

function parseAll(requests: readonly ChatRequest[], state: ChatState, place: TranscriptPlace): UsageRecord[] {
  return requests.flatMap(request => parseRequest(request, state.sessionId, place));
}

function parseRequest(request: ChatRequest, session: string | null, place: TranscriptPlace): UsageRecord[] {
  const metadata = asObject(asObject(request.result)?.metadata) ?? {};
  const path = 'result.metadata.';
  const input = readCount(metadata, 'promptTokens', path);
  const output = readCount(metadata, 'outputTokens', path);
  if (input === null && output === null) {
    return [];
  }
  const none = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheWrite: 0, reasoning: null };
  const sessionId = session ?? place.sessionId;
  const requestId = readText(request, 'requestId');
  const call = {
    // VS Code's own id of the request, which may have been many calls.
    id: null,
    ownIds: [`~copilot-chat:${sessionId}:${requestId ?? `@${formatPiece(request.timestamp)}`}`],
    shownId: requestId === null ? null : `${sessionId}:${requestId}`,
    provider: 'github',
    model: readText(metadata, 'resolvedModel') ?? readText(request, 'modelId'),
    tokens: checkTokens({ ...none, input, output }),
    completeness: 'estimated',
    time: request.timestamp,
    context: { sessionId: sessionId ?? undefined },
  } as const;
  return [buildCall('copilot-chat', call, place)];
}
