import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import { ask, bearer, makeFolder, sixMills, startEngine } from './startEngine.ts';

async function readCopy(bytes: Uint8Array): Promise<unknown> {
  const file = join(await makeFolder(), 'copy.sqlite');
  await writeFile(file, bytes);
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare('SELECT count(*) AS calls, sum(cost) AS cost FROM token_usage').get();
  } finally {
    database.close();
  }
}

it('gives a copy that another SQLite reads, with all that was acknowledged', async () => {
  const engine = await startEngine();
  const client = createClient(engine);
  const records = Array.from({ length: 500 }, () => sixMills);
  await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: JSON.stringify(records) });
  const progress: number[][] = [];
  const [bytes, another] = await Promise.all([
    client.database(AbortSignal.timeout(10_000), (...counts) => progress.push(counts)),
    client.database(AbortSignal.timeout(10_000)),
  ]);
  expect(await readCopy(another)).toEqual({ calls: 500, cost: 3 });
  expect(progress.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(await readCopy(bytes)).toEqual({ calls: 500, cost: 3 });
  await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: JSON.stringify(sixMills) });
  expect(await readCopy(await client.database(AbortSignal.timeout(10_000)))).toMatchObject({ calls: 501 });
});

it('comes as a file to save, with a token only', async () => {
  const { url, token } = await startEngine();
  const { status, headers } = await ask(url, '/v1/database', { headers: bearer(token), method: 'HEAD' });
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/vnd.sqlite3' });
  expect(headers['content-disposition']).toMatch(/^attachment; filename="spend-lens-\d{4}-\d\d-\d\d\.sqlite"$/);
  expect((await ask(url, '/v1/database')).status).toBe(401);
});

it('is not taken for whole when it ends too soon, and can be cancelled', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write(Buffer.alloc(10), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = createClient({ url: `http://127.0.0.1:${port}`, token: 'T' });
  await expect(client.database(AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'refused' });
  const cancel = new AbortController();
  const reason = new Error('cancelled');
  const copy = client.database(cancel.signal, () => cancel.abort(reason));
  await expect(copy).rejects.toBe(reason);
});
