import type { IncomingHttpHeaders } from 'node:http';
import type { UsageContext } from '../../capture/context.ts';
import { asObject, asText, type JsonObject } from '../../capture/json.ts';

/** Agents by how their `User-Agent` begins; only those that are certain. */
const agents: readonly (readonly [RegExp, string])[] = [
  [/^claude-cli\//i, 'claude-code'],
  [/^codex(?:_cli_rs|_exec|_vscode|-tui|_tui)?\//i, 'codex'],
  [/^GeminiCLI(?:-[^/ ]+)?\//, 'gemini-cli'],
  [/^opencode\//i, 'opencode'],
  [/^Cline\//i, 'cline'],
  [/^RooCode\//i, 'roo'],
  [/^GitHubCopilotChat\//i, 'copilot-chat'],
];

/**
 * Whose call it is, by what agents send anyway (wire formats, C): headers of Claude Code, Codex and OpenCode, `metadata.user_id` of
 * the body. Nothing is guessed. `body` holds the short fields of the request, or null.
 */
export function attributeCall(headers: IncomingHttpHeaders, body: JsonObject | null): UsageContext {
  const read = (name: string) => readId(headers[name]);
  const codex = parseObject(headers['x-codex-turn-metadata']);
  const agent = findAgent(headers);
  return {
    agent,
    sessionId:
      read('x-claude-code-session-id') ??
      // Codex' other signals name the thread, so the rows of a call find each other.
      read('thread-id') ??
      readId(codex?.thread_id) ??
      read('session-id') ??
      readId(codex?.session_id) ??
      (agent === 'codex' ? (read('conversation_id') ?? read('session_id')) : undefined) ??
      read('x-session-id') ??
      read('x-opencode-session') ??
      sessionOfUser(asObject(body?.metadata)?.user_id),
    // Copilot says what kind of turn it is.
    taskType: read('x-claude-code-agent-id') === undefined ? read('x-interaction-type') : 'subagent',
    model: readId(body?.model),
  };
}

/** The model that Gemini's API names in the path: `/v1beta/models/gemini-2.5-pro:generateContent`. */
export function modelOfPath(endpoint: string): string | undefined {
  return readId(/\/models\/([^/:]+):/.exec(endpoint)?.[1]);
}

function findAgent(headers: IncomingHttpHeaders): string | undefined {
  const userAgent = headers['user-agent'] ?? '';
  const byUserAgent = agents.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (byUserAgent !== undefined) {
    return byUserAgent;
  }
  if (headers['x-claude-code-session-id'] !== undefined) {
    return 'claude-code';
  }
  // Copilot CLI calls by the provider's library, whose name it leaves in `User-Agent`, and adds a header of its own.
  if (headers['x-initiator'] !== undefined) {
    return 'copilot-cli';
  }
  return /^codex[_-]/.test(String(headers.originator ?? '')) ? 'codex' : undefined;
}

/** Claude Code's `metadata.user_id`: JSON with a `session_id`, in older versions `user_…_account_…_session_<uuid>`. */
function sessionOfUser(userId: unknown): string | undefined {
  const text = asText(userId);
  if (text === null) {
    return undefined;
  }
  return readId(parseObject(text)?.session_id) ?? /_session_([0-9a-f-]{36})$/i.exec(text)?.[1];
}

function parseObject(value: unknown): JsonObject | null {
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) {
    return null;
  }
  try {
    return asObject(JSON.parse(value));
  } catch {
    return null;
  }
}

/** An id or a name that can be kept; a strange one is as good as none. */
function readId(value: unknown): string | undefined {
  const text = asText(value);
  return text !== null && text.length <= 300 && !/\p{Cc}/u.test(text) ? text : undefined;
}
