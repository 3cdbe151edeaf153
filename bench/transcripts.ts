/** Transcripts to measure with: Claude Code and Codex, sized like real ones, all invented, the same for the same size. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Generated {
  readonly files: number;
  readonly bytes: number;
  /** Model calls in them. */
  readonly calls: number;
}

const fileBytes = 4 * 1024 * 1024;
const start = Date.UTC(2026, 8, 1);

/** Fills a home with so many bytes, two thirds of them Claude Code's. */
export function generateTranscripts(home: string, bytes: number): Generated {
  const random = createRandom(7);
  let [files, written, calls] = [0, 0, 0];
  while (written < bytes) {
    const size = Math.min(fileBytes, bytes - written);
    const file = files % 3 === 2 ? codexFile(files, size, random) : claudeFile(files, size, random);
    const path = join(home, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.text);
    files += 1;
    calls += file.calls;
    written += Buffer.byteLength(file.text);
  }
  return { files, bytes: written, calls };
}

/** Numbers from 0 to 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Random = () => number;

const words =
  'let the agent read every file of the folder and write what it has found into "notes" before it goes on\\n';

function filler(random: Random, bytes: number): string {
  const from = Math.floor(random() * words.length);
  return (words.slice(from) + words.repeat(Math.ceil(bytes / words.length))).slice(0, Math.max(1, bytes));
}

function uuid(file: number, index: number): string {
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  return `${hex(file, 8)}-0000-4000-8000-${hex(index, 12)}`;
}

function claudeFile(file: number, bytes: number, random: Random) {
  const sessionId = uuid(file, 0);
  const cwd = `/home/dev/project${file % 20}`;
  const lines: string[] = [];
  let [size, calls] = [0, 0];
  const push = (line: object) => {
    const text = `${JSON.stringify(line)}\n`;
    lines.push(text);
    size += text.length;
  };
  for (let read = 0; size < bytes; calls += 1) {
    const timestamp = new Date(start + file * 3_600_000 + calls * 9_000 + Math.floor(random() * 1000)).toISOString();
    const around = { isSidechain: false, sessionId, timestamp, cwd, gitBranch: 'main', version: '2.1.330' };
    const tool = { type: 'tool_result', content: filler(random, 500 + random() * 9_000) };
    push({ type: 'user', ...around, uuid: uuid(file, size), message: { role: 'user', content: [tool] } });
    const wrote = Math.floor(random() * 3_000);
    const usage = {
      input_tokens: Math.floor(random() * 40),
      cache_creation_input_tokens: wrote,
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: wrote, ephemeral_1h_input_tokens: 0 },
      output_tokens: 20 + Math.floor(random() * 900),
      service_tier: 'standard',
    };
    // The conversation is compacted before it fills the window.
    read = read + wrote > 150_000 ? 20_000 : read + wrote;
    const blocks = 1 + Math.floor(random() * 3);
    for (let block = 0; block < blocks; block += 1) {
      const message = {
        id: `msg_${sessionId}_${calls}`,
        type: 'message',
        role: 'assistant',
        model: random() < 0.2 ? 'claude-haiku-4-5' : 'claude-sonnet-4-5',
        content: [{ type: 'text', text: filler(random, 200 + random() * 1_500) }],
        stop_reason: 'tool_use',
        usage,
      };
      const requestId = `req_${sessionId}_${calls}`;
      push({ parentUuid: uuid(file, block), ...around, message, requestId, type: 'assistant', uuid: uuid(file, size) });
    }
  }
  return { path: `.claude/projects/-home-dev-project${file % 20}/${sessionId}.jsonl`, text: lines.join(''), calls };
}

function codexFile(file: number, bytes: number, random: Random) {
  const id = uuid(file, 1);
  const cwd = `/home/dev/project${file % 20}`;
  const lines: string[] = [];
  let [size, calls] = [0, 0];
  const push = (type: string, payload: object) => {
    const timestamp = new Date(start + file * 3_600_000 + calls * 11_000 + Math.floor(random() * 1000)).toISOString();
    const text = `${JSON.stringify({ timestamp, ordinal: lines.length, type, payload })}\n`;
    lines.push(text);
    size += text.length;
  };
  push('session_meta', { id, session_id: id, cwd, originator: 'codex_cli_rs', model_provider: 'openai', git: {} });
  const total = {
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_output_tokens: 0,
    total_tokens: 0,
  };
  for (let input = 8_000; size < bytes; calls += 1) {
    push('turn_context', { cwd, model: 'gpt-5.5', summary: 'none' });
    push('response_item', { type: 'function_call_output', output: filler(random, 1_000 + random() * 8_000) });
    const output = 20 + Math.floor(random() * 700);
    const last = {
      input_tokens: input,
      cached_input_tokens: Math.floor(input * 0.9),
      output_tokens: output,
      reasoning_output_tokens: Math.floor(output / 3),
      total_tokens: input + output,
    };
    for (const [key, value] of Object.entries(last)) {
      total[key as keyof typeof total] += value;
    }
    const payload = { type: 'token_count', info: { total_token_usage: { ...total }, last_token_usage: last } };
    push('event_msg', payload);
    if (random() < 0.3) {
      push('event_msg', payload);
    }
    input += Math.floor(random() * 400);
  }
  return { path: `.codex/sessions/2026/09/01/rollout-2026-09-01T00-00-00-${id}.jsonl`, text: lines.join(''), calls };
}
