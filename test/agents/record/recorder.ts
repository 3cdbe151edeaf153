import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One export request as it came, decoded from gzip. */
export interface Delivery {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Recorder {
  /** `http://127.0.0.1:PORT`; what comes here goes on to the engine. */
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  close(): void;
}

/** Stands between an agent and the engine and keeps what passes. */
export async function startRecorder(engineUrl: string): Promise<Recorder> {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', async () => {
      const bytes = Buffer.concat(chunks);
      const { host, connection, 'transfer-encoding': _, ...headers } = request.headers;
      const path = (request.url ?? '/').replace(/^\/t\/[^/]+/, '') || '/';
      const isZipped = request.headers['content-encoding'] === 'gzip';
      const contentType = request.headers['content-type'] ?? '';
      deliveries.push({ path, contentType, body: isZipped ? gunzipSync(bytes) : bytes });
      const answer = await fetch(engineUrl + request.url, {
        method: request.method ?? 'POST',
        headers: headers as Record<string, string>,
        body: bytes,
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, deliveries, close };
}
