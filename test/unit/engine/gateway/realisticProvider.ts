import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { type FakeProvider, type Seen, startProvider } from './fakeProvider.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/wire');
/** An answer as the provider sends it (invented figures). */
export const sample = (name: string): string => readFileSync(join(fixtures, name), 'utf8');

const answers: Readonly<Record<string, readonly [whole: string, stream: string]>> = {
  '/v1/chat/completions': ['openai-chat.json', 'openai-chat-stream.sse'],
  '/v1/responses': ['openai-responses.json', 'openai-responses-stream.sse'],
  '/v1/messages': ['anthropic-messages.json', 'anthropic-messages-stream.sse'],
};

export interface RealisticProvider extends FakeProvider {
  /** Calls whose connection was closed before they were answered. */
  readonly left: string[];
}

/**
 * A server that answers as OpenAI and Anthropic do, from captured formats: whole or as a stream, compressed when the client takes it, usage
 * on a chat stream only when asked for. The model's name makes it fail: `busy` refuses twice, `bad` always, `endless` never ends.
 */
export async function startRealisticProvider(): Promise<RealisticProvider> {
  const left: string[] = [];
  const refused = new Map<string, number>();
  const provider = await startProvider((response, seen) => {
    const path = seen.url.split('?')[0] ?? '';
    const [whole, stream] = answers[path] ?? ['', ''];
    const body = JSON.parse(seen.body.toString()) as Record<string, unknown>;
    const model = String(body.model);
    response.setHeader(path === '/v1/messages' ? 'request-id' : 'x-request-id', `req_${crypto.randomUUID()}`);
    response.once('close', () => response.writableFinished || left.push(path));
    if (model === 'bad') {
      refuse(response, path, 400);
      return;
    }
    if (model === 'busy' && (refused.get(path) ?? 0) < 2) {
      refused.set(path, (refused.get(path) ?? 0) + 1);
      response.setHeader('retry-after-ms', '5');
      refuse(response, path, path === '/v1/messages' ? 529 : 429);
      return;
    }
    if (body.stream !== true) {
      sendWhole(response, seen, sample(whole));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    const isAsked = (body.stream_options as Record<string, unknown> | undefined)?.include_usage === true;
    const events = (Array.isArray(body.tools) && path === '/v1/chat/completions' ? toolStream : sample(stream))
      .split('\n\n')
      .filter(event => event !== '' && (isAsked || !event.includes('"choices":[],')));
    sendEvents(response, model === 'endless' ? events.slice(0, -3) : events, model !== 'endless');
  });
  return { ...provider, left };
}

function sendWhole(response: ServerResponse, { headers }: Seen, text: string): void {
  const isBrotli = String(headers['accept-encoding'] ?? '').includes('br');
  const bytes = isBrotli ? zlib.brotliCompressSync(text) : Buffer.from(text);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(isBrotli && { 'content-encoding': 'br' }),
  });
  response.end(bytes);
}

/** One event a turn, as a model that thinks. */
function sendEvents(response: ServerResponse, events: readonly string[], isEnding: boolean): void {
  const [first, ...others] = events;
  if (first === undefined) {
    if (isEnding) {
      response.end();
    }
    return;
  }
  response.write(`${first}\n\n`);
  setTimeout(sendEvents, 2, response, others, isEnding);
}

function refuse(response: ServerResponse, path: string, status: number): void {
  const type = { 400: 'invalid_request_error', 429: 'rate_limit_error', 529: 'overloaded_error' }[status];
  const error = { type, message: `refused with ${status}` };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify(
      path === '/v1/messages' ? { type: 'error', error } : { error: { ...error, code: null, param: null } },
    ),
  );
}

const toolChunk = (delta: unknown, finish: string | null = null) => ({
  id: 'chatcmpl-tool',
  object: 'chat.completion.chunk',
  created: 1795300000,
  model: 'gpt-5.4',
  choices: [{ index: 0, delta, finish_reason: finish }],
  usage: null,
});
const call = (name: string | undefined, text: string) => ({
  tool_calls: [
    { index: 0, ...(name && { id: 'call_1', type: 'function' }), function: { ...(name && { name }), arguments: text } },
  ],
});
const toolStream = [
  toolChunk({ role: 'assistant', content: null, ...call('get_weather', '') }),
  toolChunk(call(undefined, '{"city":')),
  toolChunk(call(undefined, '"Köln"}')),
  toolChunk({}, 'tool_calls'),
  {
    ...toolChunk({}),
    choices: [],
    usage: { prompt_tokens: 77, completion_tokens: 21, total_tokens: 98, prompt_tokens_details: { cached_tokens: 0 } },
  },
]
  .map(chunk => `data: ${JSON.stringify(chunk)}\n\n`)
  .concat('data: [DONE]\n\n')
  .join('');
