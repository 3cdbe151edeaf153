/** Load on a server: so many clients, each posting the next body when the last was answered. */
import { Agent, request } from 'node:http';

export interface Load {
  readonly port: number;
  readonly clients: number;
  /** The body of the i-th request. */
  readonly makeBody: (index: number) => string;
  /** Stops after so many ms, or after so many requests. */
  readonly until: { readonly ms: number } | { readonly requests: number };
}

function post(agent: Agent, port: number, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer bench',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const call = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/usage', headers }, response => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Gives requests per second. Rejects when one is not answered with 200. */
export async function runLoad({ port, clients, makeBody, until }: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const from = performance.now();
  let next = 0;
  const goesOn = (): boolean => ('ms' in until ? performance.now() - from < until.ms : next < until.requests);
  const client = async (): Promise<void> => {
    while (goesOn()) {
      await post(agent, port, makeBody(next++));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return (next / (performance.now() - from)) * 1000;
}

const models = ['gpt-4.1', 'gpt-4.1-mini', 'claude-sonnet-4-5', 'claude-opus-4-5', 'gemini-2.5-flash'];
const taskTypes = ['chat', 'code-review', 'bug-fix'];

/** A quarter of a year: a benchmark's records begin so long before now and never pass it. ms. */
export const quarterYearMs = 90 * 24 * 3_600_000;

/** The i-th record of a made-up agent: ids as long as real ones, sessions of 64 calls, a call every 7 s, again from `startMs` after a quarter of a year. */
export function makeRecord(index: number, startMs: number): object {
  return {
    request_id: `req_011CSHoEeqs5C35K${String(index).padStart(12, '0')}`,
    timestamp: new Date(startMs + ((index * 7000) % quarterYearMs)).toISOString(),
    model: models[index % models.length],
    session_id: `5f0c1a2b-0000-4000-8000-${String(index >> 6).padStart(12, '0')}`,
    task_type: taskTypes[index % taskTypes.length],
    prompt_tokens: 1000 + (index % 9000),
    completion_tokens: 100 + (index % 900),
    latency_ms: 500 + (index % 3000),
  };
}
