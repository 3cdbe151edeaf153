import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { type Client, createClient } from '../../../src/api/client.ts';
import type { ApiEvent } from '../../../src/api/events.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A client of a server that answers as told; the server is gone after the test. */
export async function serve(listener: RequestListener, timeoutMs = 5000): Promise<Client> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return createClient({ url: `http://127.0.0.1:${port}`, token: 'T', timeoutMs });
}

export const answer = (status: number, body: unknown): RequestListener => {
  return (_, response) => void response.writeHead(status).end(JSON.stringify(body));
};

export async function collect(events: AsyncIterable<ApiEvent>): Promise<ApiEvent[]> {
  const all: ApiEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}
