import type { UsageRecord } from '../../core/usageRecord.ts';
import { asObject, formatPiece, type JsonObject, readCount, readText, UsageError } from '../json.ts';
import { checkTokens, uncachedInput } from '../tokens.ts';
import {
  buildCall,
  type LineFormat,
  parseLine,
  readEntries,
  type TranscriptPlace,
  type WholeParser,
} from './transcript.ts';

/** What the header of a chat says. */
interface ChatHeader {
  sessionId: string | null;
  kind: string | null;
}

/**
 * Gemini CLI, `tmp/<project>/chats/session-*.jsonl` (wire formats, D3): a header, messages, and operations. A message is written again
 * with the same id once its tokens are known; rewinding refunds nothing.
 */
export const geminiCliFormat: LineFormat = {
  markers: ['"tokens"', '"sessionId"'],
  create: (place, saved) => {
    const header: ChatHeader = { sessionId: null, kind: null, ...(asObject(saved) as Partial<ChatHeader> | null) };
    return {
      push: line => parseOperation(parseLine(line), header, place),
      get state() {
        return header;
      },
    };
  },
};

/** The form until 0.38: one object `{sessionId, messages}` per chat. */
export const parseGeminiChat: WholeParser = (value, place) => {
  const chat = asObject(value);
  if (!chat || !Array.isArray(chat.messages)) {
    throw new UsageError('messages', 'The file is not a chat of Gemini CLI.');
  }
  const header: ChatHeader = { sessionId: null, kind: null };
  readHeader(chat, header);
  return readEntries(chat.messages, message => parseMessage(message, header, place));
};

function parseOperation(line: JsonObject, header: ChatHeader, place: TranscriptPlace): UsageRecord[] {
  const change = asObject(line.$set);
  if (change) {
    readHeader(change, header);
    const messages = Array.isArray(change.messages) ? change.messages : [];
    return messages.map(asObject).flatMap(message => (message ? parseMessage(message, header, place) : []));
  }
  if (line.type === undefined) {
    readHeader(line, header);
    return [];
  }
  return parseMessage(line, header, place);
}

function readHeader(source: JsonObject, header: ChatHeader): void {
  header.sessionId = readText(source, 'sessionId') ?? header.sessionId;
  header.kind = readText(source, 'kind') ?? header.kind;
}

function parseMessage(message: JsonObject, header: ChatHeader, place: TranscriptPlace): UsageRecord[] {
  const counts = asObject(message.tokens);
  if (message.type !== 'gemini' || !counts) {
    return [];
  }
  const count = (field: string) => readCount(counts, field, 'tokens.');
  const prompt = { field: 'tokens.input', value: count('input') };
  const cached = { field: 'tokens.cached', value: count('cached') };
  const uncached = uncachedInput(prompt, cached, { field: 'tokens.cached', value: 0 });
  const output = count('output');
  const thoughts = count('thoughts');
  const tokens = checkTokens({
    // Results of tools that run at Google are prompts of their own, outside the input.
    input: uncached === null ? null : uncached + (count('tool') ?? 0),
    cacheRead: cached.value ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheWrite: 0,
    output: output === null ? null : output + (thoughts ?? 0),
    reasoning: output === null ? null : thoughts,
  });
  const id = readText(message, 'id');
  const sessionId = header.sessionId ?? undefined;
  const taskType = header.kind === null || header.kind === 'main' ? undefined : header.kind;
  // An id of Gemini CLI's own: telemetry and the provider know the call by others.
  const ownIds = [`~gemini-cli:${id ?? `${sessionId}:${formatPiece(message.timestamp)}`}`];
  const model = readText(message, 'model');
  const call = { id: null, ownIds, shownId: id, provider: 'google', model, tokens, time: message.timestamp };
  return [buildCall('gemini-cli', { ...call, context: { sessionId, taskType } }, place)];
}
