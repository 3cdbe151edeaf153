import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ask, bearer, makeFolder, type Started, startEngine } from '../startEngine.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface FakeProvider {
  readonly url: string;
  readonly seen: Seen[];
}

type Answer = (response: ServerResponse, seen: Seen, request: IncomingMessage) => void;

/** A server on real HTTP that reads each request and then answers as told. */
export async function startProvider(answer: Answer): Promise<FakeProvider> {
  const seen: Seen[] = [];
  return {
    seen,
    url: await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('error', () => {});
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers, rawHeaders } = request;
        const one = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
        seen.push(one);
        answer(response, one, request);
      });
    }),
  };
}

/** A server that does with each request what the listener does; it ends with the test. */
export async function listen(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface GatewayTest extends Started {
  /** `/t/TOKEN/gateway`. */
  readonly base: string;
  /** The rows of `token_usage`, by the API. */
  records(): Promise<Record<string, unknown>[]>;
  /** Waits until there are so many. */
  waitForRecords(count: number): Promise<Record<string, unknown>[]>;
}

/** An engine whose upstreams are these. */
export async function startGateway(
  upstreams: Record<string, string>,
  gateway: Record<string, unknown> = {},
): Promise<GatewayTest> {
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, JSON.stringify({ gateway: { upstreams, ...gateway }, timeZone: 'UTC' }));
  const engine = await startEngine({ settings });
  const records = async () =>
    (await ask(engine.url, '/v1/records?limit=100', { headers: bearer(engine.token) })).json.records;
  return {
    ...engine,
    base: `/t/${engine.token}/gateway`,
    records,
    waitForRecords: async count => {
      for (let tries = 0; ; tries += 1) {
        const rows = await records();
        if (rows.length >= count || tries > 500) {
          return rows;
        }
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    },
  };
}

/** The text of an event stream with these data. */
export const events = (...data: unknown[]): string =>
  data.map(item => `data: ${typeof item === 'string' ? item : JSON.stringify(item)}\n\n`).join('');
