/**
 * `npm run bench otlp [-- SECONDS]`: telemetry as Claude Code sends it, in requests of 100 log records of which every fourth is a call, posted by
 * four clients, as JSON and as protobuf; prints log records and calls per second, durable ones.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeProtobuf } from '../test/unit/capture/otlp/encodeProtobuf.ts';
import { attributes } from '../test/unit/capture/otlp/telemetry.ts';
import { startServer } from './serverProcess.ts';

const engine = join(import.meta.dirname, '../dist/engine.js');
const clients = 4;
const recordsPerRequest = 100;
/** The other events of a call: the prompt, a tool's decision, its result. */
const eventsPerCall = 4;
/** Bodies are made before the clock runs, so many; their request ids are new in each round. */
const bodies = 1_000;

/** Measures. */
export async function run([seconds = '5']: readonly string[]): Promise<void> {
  for (const encoding of ['json', 'protobuf'] as const) {
    const perSecond = await measureOtlp(encoding, Number(seconds));
    const calls = Math.round(perSecond / eventsPerCall).toLocaleString('en');
    process.stdout.write(
      `OTLP ${encoding}: ${Math.round(perSecond).toLocaleString('en')} log records per second, ${calls} of them calls\n`,
    );
  }
}

/** Log records that an engine takes per second. */
async function measureOtlp(encoding: 'json' | 'protobuf', seconds: number): Promise<number> {
  const storage = mkdtempSync(join(tmpdir(), 'spend-lens-bench-'));
  const made = Array.from({ length: bodies }, (_, index) => makeBody(index, encoding));
  const server = await startServer([engine, '--storage', storage, '--port', '0', '--token', 'bench']);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  try {
    const from = performance.now();
    let next = 0;
    const client = async () => {
      while (performance.now() - from < seconds * 1000) {
        const body = made[next++];
        if (body === undefined) {
          return;
        }
        await post(agent, server.port, encoding, body);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    const count = Math.min(next, bodies) * recordsPerRequest;
    return (count / (performance.now() - from)) * 1000;
  } finally {
    agent.destroy();
    await server.stop();
    rmSync(storage, { recursive: true, force: true });
  }
}

function post(agent: Agent, port: number, encoding: string, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
    const headers = { authorization: 'Bearer bench', 'content-type': type, 'content-length': body.length };
    const call = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/logs', headers }, response => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

const startMs = Date.UTC(2026, 10, 22);

function makeBody(index: number, encoding: 'json' | 'protobuf'): Uint8Array {
  const logRecords = Array.from({ length: recordsPerRequest }, (_, at) => makeLog(index * recordsPerRequest + at));
  const resource = { attributes: attributes({ 'service.name': 'claude-code', 'service.version': '2.1.330' }) };
  const value = {
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords }] }],
  };
  return encoding === 'json' ? Buffer.from(JSON.stringify(value)) : encodeProtobuf(value, 'logs');
}

function makeLog(index: number): object {
  const common = {
    'session.id': `5f0c1a2b-0000-4000-8000-${String(index >> 8).padStart(12, '0')}`,
    'user.id': 'b1946ac92492d2347c6235b4d2611184',
    'terminal.type': 'vscode',
    'event.timestamp': new Date(startMs + index * 2000).toISOString(),
    'event.sequence': index,
    'prompt.id': `0199aaaa-0000-4000-8000-${String(index >> 4).padStart(12, '0')}`,
  };
  const isCall = index % eventsPerCall === 0;
  const own = isCall
    ? {
        'event.name': 'api_request',
        model: 'claude-opus-4-5',
        input_tokens: 10 + (index % 90),
        output_tokens: 100 + (index % 900),
        cache_read_tokens: 20_000 + index,
        cache_creation_tokens: 1_000,
        cost_usd: 0.0346,
        duration_ms: 4_100,
        request_id: `req_011CSHoEeqs5C35K${String(index).padStart(12, '0')}`,
        query_source: 'repl_main_thread',
        speed: 'normal',
      }
    : {
        'event.name': 'tool_result',
        tool_name: 'Bash',
        success: 'true',
        duration_ms: 120,
        tool_result_size_bytes: 812,
      };
  const body = { stringValue: `claude_code.${own['event.name']}` };
  return { timeUnixNano: `${(startMs + index * 2000) * 1e6}`, body, attributes: attributes({ ...common, ...own }) };
}
