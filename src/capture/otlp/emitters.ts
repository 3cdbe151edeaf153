import { readName } from './attributes.ts';
import { readClaudeCodeLog, readClaudeCodeSpan } from './claudeCode.ts';
import { readCodexLog } from './codex.ts';
import { readGeminiCliLog } from './geminiCli.ts';
import { createGenAiReader } from './genAi.ts';
import { readLangfuseSpan } from './langfuse.ts';
import { claudeCodeMetrics, geminiCliMetrics, genAiMetrics, type MetricReader } from './metrics.ts';
import { readOpenInferenceSpan } from './openInference.ts';
import type { OtlpLog, OtlpSpan, Telemetry } from './payload.ts';
import type { Reader } from './reading.ts';
import { readVercelSpan } from './vercel.ts';

/** Who sends, how to tell, and which of its signals count. A signal without a reader is accepted and ignored. */
export interface Emitter {
  readonly name: string;
  readonly sends: (item: Telemetry) => boolean;
  readonly log?: Reader<OtlpLog>;
  readonly span?: Reader<OtlpSpan>;
  readonly metric?: MetricReader;
}

const service = ({ resource }: Telemetry) => readName(resource, 'service.name') ?? '';
const has = ({ attributes }: Telemetry, key: string) => attributes.has(key);

const codexServices = new Set(['codex_exec', 'codex_tui', 'codex_cli_rs', 'codex-app-server', 'codex_mcp_server']);
const copilotNames = { session: ['copilot_chat.chat_session_id'], taskType: ['copilot_chat.debug_name'] };

/**
 * One authoritative signal per emitter: the first row that knows the sender decides for all that it sends (wire formats, part A;
 * docs/otlp.md has the same for people). VS Code's agent host lets its agents send for themselves, so their rows hold there too;
 * OpenCode sends what the Vercel AI SDK sends. Where a row has several readers, the log is the best and what is weaker shares its
 * session and model, or its id.
 */
export const emitters: readonly Emitter[] = [
  {
    name: 'Claude Code',
    sends: item => /^com\.anthropic\.claude_code\b/.test(item.scope) || service(item) === 'claude-code',
    log: readClaudeCodeLog,
    span: readClaudeCodeSpan,
    metric: claudeCodeMetrics,
  },
  {
    // Its spans tell each call twice and without a model; its metric has no session, so that nothing could replace it.
    name: 'Codex',
    sends: item => /^codex_otel\b/.test(item.scope) || codexServices.has(service(item)),
    log: readCodexLog,
  },
  {
    // Its spans have no usage, and its `gen_ai` events and metrics repeat a part of what these have.
    name: 'Gemini CLI',
    sends: item => item.scope === 'gemini-cli' || service(item) === 'gemini-cli',
    log: readGeminiCliLog,
    metric: geminiCliMetrics,
  },
  {
    // Its metrics and events repeat the spans, which always come with them.
    name: 'Copilot Chat',
    sends: item =>
      service(item) === 'copilot-chat' || item.scope === 'copilot-chat' || has(item, 'copilot_chat.chat_session_id'),
    span: createGenAiReader('with cache', { agent: 'copilot-chat', ...copilotNames }),
  },
  {
    name: 'Copilot CLI',
    sends: item => item.scope === 'github.copilot' || service(item) === 'github-copilot',
    span: createGenAiReader('with cache', { agent: 'copilot-cli' }),
  },
  {
    name: 'Vercel AI SDK 4 to 6',
    sends: item => item.scope === 'ai' || has(item, 'ai.operationId'),
    span: readVercelSpan,
  },
  { name: 'Vercel AI SDK 7', sends: item => item.scope === 'gen_ai', span: createGenAiReader('with cache') },
  { name: 'OpenInference', sends: item => has(item, 'openinference.span.kind'), span: readOpenInferenceSpan },
  { name: 'Langfuse', sends: item => has(item, 'langfuse.observation.type'), span: readLangfuseSpan },
  {
    name: 'OpenTelemetry GenAI, Traceloop, Sentry',
    sends: () => true,
    span: createGenAiReader('unknown'),
    metric: genAiMetrics,
  },
];

/** The row of the table that a piece of telemetry belongs to. */
export function findEmitter(item: Telemetry): Emitter | undefined {
  return emitters.find(({ sends }) => sends(item));
}
