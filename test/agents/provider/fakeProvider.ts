import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zstdDecompressSync } from 'node:zlib';
import { asObject, type JsonObject } from '../../../src/capture/json.ts';
import { formatMessages, readMessagesRequest } from './anthropic.ts';
import { countsOf } from './counts.ts';
import { formatGenerated, readGenerateRequest, wantsJson } from './gemini.ts';
import { formatCompletion, readChatRequest } from './openaiChat.ts';
import { formatResponse, readResponsesRequest } from './openaiResponses.ts';
import { type Asked, chooseTool, type ReportedCall, type ToolCall } from './reportedCall.ts';

/** A provider of all languages on the loopback, which remembers what it told. */
export interface FakeProvider {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every model call that it answered, in order. */
  readonly calls: readonly ReportedCall[];
  /** `METHOD path` of everything that came, model call or not. */
  readonly requests: readonly string[];
  close(): void;
}

interface Language {
  readonly path: RegExp;
  read(body: JsonObject, path: string): Asked;
  format(call: ReportedCall, tool: ToolCall | null, asked: Asked, body: JsonObject): string;
  /** What the language can't tell apart or does not have. */
  limit(call: ReportedCall): ReportedCall;
}

const languages: readonly Language[] = [
  {
    path: /\/v1\/messages$/,
    read: readMessagesRequest,
    format: (call, tool, { isStream }) => formatMessages(call, tool, isStream),
    limit: call => call,
  },
  {
    path: /\/responses$/,
    read: readResponsesRequest,
    format: (call, tool, { isStream }) => formatResponse(call, tool, isStream),
    limit: call => call,
  },
  {
    path: /\/chat\/completions$/,
    read: readChatRequest,
    format: (call, tool, { isStream }) => formatCompletion(call, tool, isStream),
    limit: call => call,
  },
  {
    path: /:(?:streamG|g)enerateContent$/,
    read: readGenerateRequest,
    format: (call, tool, { isStream }, body) => formatGenerated(call, tool, isStream, wantsJson(body)),
    limit: call => ({ ...call, cacheWrite5m: 0, cacheWrite1h: 0 }),
  },
];

/** Starts it. `run` makes the ids of its answers unlike those of another one. */
export async function startFakeProvider(run: string): Promise<FakeProvider> {
  const calls: ReportedCall[] = [];
  const requests: string[] = [];

  function answer(request: IncomingMessage, bytes: Buffer, response: ServerResponse): void {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const language = request.method === 'POST' ? languages.find(({ path: own }) => own.test(path)) : undefined;
    const body = asObject(parse(request, bytes)) ?? {};
    if (!language) {
      answerOther(request, path, response);
      return;
    }
    const asked = language.read(body, path);
    const tool = chooseTool(asked);
    const n = calls.length + 1;
    const id = `answer_${run}_${n}`;
    const call = language.limit({ model: asked.model, id, isAside: asked.tools.length === 0, ...countsOf(n) });
    calls.push(call);
    response.writeHead(200, {
      'content-type': asked.isStream ? 'text/event-stream' : 'application/json',
      'request-id': `req_${run}_${n}`,
      'x-request-id': `req_${run}_${n}`,
    });
    response.end(language.format(call, tool, asked, body));
  }

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => answer(request, Buffer.concat(chunks), response));
  });
  // Codex asks for a WebSocket first; 426 sends it to plain requests at once.
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\n\r\n'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, requests, close };
}

/** What agents ask besides; none of it is a model call. */
function answerOther(request: IncomingMessage, path: string, response: ServerResponse): void {
  const known: JsonObject | null = path.endsWith('/count_tokens')
    ? { input_tokens: 10 }
    : path.endsWith(':countTokens')
      ? { totalTokens: 10 }
      : path.endsWith('/models')
        ? { data: [], models: [] }
        : null;
  response.writeHead(known || request.method === 'HEAD' ? 200 : 404, { 'content-type': 'application/json' });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(known ?? { error: { message: 'not found' } }));
}

function parse(request: IncomingMessage, bytes: Buffer): unknown {
  const text = request.headers['content-encoding'] === 'zstd' ? zstdDecompressSync(bytes) : bytes;
  try {
    return JSON.parse(text.toString());
  } catch {
    return null;
  }
}
