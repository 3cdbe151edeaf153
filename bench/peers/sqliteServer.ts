/** A server that writes each request in a transaction of its own with node:sqlite, as durable as SQLite can be. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const db = new DatabaseSync(path.join(process.argv[2] ?? '.', 'peer.sqlite'));
db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE usage (id INTEGER PRIMARY KEY, timestamp TEXT, request_id TEXT UNIQUE, session_id TEXT, task_type TEXT,
    model TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL, latency_ms INTEGER);
  CREATE INDEX usage_timestamp ON usage (timestamp);`);
const insert =
  db.prepare(`INSERT OR IGNORE INTO usage (timestamp, request_id, session_id, task_type, model, prompt_tokens,
  completion_tokens, cost, latency_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);

type Body = Record<string, string | number>;

function store(record: Body): void {
  const cost = (Number(record.prompt_tokens) * 2 + Number(record.completion_tokens) * 8) / 1e6;
  const text = ['timestamp', 'request_id', 'session_id', 'task_type', 'model'].map(name => record[name] ?? null);
  insert.run(...text, record.prompt_tokens ?? 0, record.completion_tokens ?? 0, cost, record.latency_ms ?? 0);
}

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', piece => pieces.push(piece));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(pieces).toString()) as Body | Body[];
    db.exec('BEGIN IMMEDIATE');
    for (const record of Array.isArray(body) ? body : [body]) {
      store(record);
    }
    db.exec('COMMIT');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"accepted":1}');
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
