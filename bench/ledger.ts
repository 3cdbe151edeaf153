/**
 * `npm run bench ledger`: durable records per second over HTTP beside two peers in one run, and what a ledger costs as it grows.
 * `npm run bench ledger -- --quick` does less of everything, `--throughput` and `--sizes` only one of the two.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openLedger } from '../src/ledger/openLedger.ts';
import { makeRecord, quarterYearMs, runLoad } from './load.ts';
import { readCpuMicros, readProc, type ServerProcess, startServer } from './serverProcess.ts';

const root = path.resolve(import.meta.dirname, '..');
const peersFolder = path.join(import.meta.dirname, 'peers');

function startEngine(storage: string): Promise<ServerProcess> {
  return startServer([path.join(root, 'dist/engine.js'), '--storage', storage, '--port', '0', '--token', 'bench']);
}

const starters: Record<string, (folder: string) => Promise<ServerProcess>> = {
  'Spend Lens': startEngine,
  'bare node:http': () => startServer([path.join(peersFolder, 'bareHttp.ts')]),
  'node:sqlite, WAL, FULL': folder => startServer([path.join(peersFolder, 'sqliteServer.ts'), folder]),
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'), '\n');
}

/** Requests per second of each server, in turns, so that a machine that slows down slows all of them. */
async function compareThroughput(folder: string, rounds: number, ms: number): Promise<void> {
  const servers = await Promise.all(
    Object.entries(starters).map(async ([name, start]) => {
      return { name, server: await start(mkdtempSync(path.join(folder, 'server-'))) };
    }),
  );
  const startMs = Date.now() - quarterYearMs;
  const rows: (string | number)[][] = [];
  const cpuRows: (string | number)[][] = [];
  let index = 0;
  for (const clients of [1, 32]) {
    for (const batch of [1, 100]) {
      const makeBody = (): string => {
        const records = Array.from({ length: batch }, () => makeRecord(index++, startMs));
        return JSON.stringify(batch === 1 ? records[0] : records);
      };
      const speeds = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
      const micros = new Map<string, number[]>(servers.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const { name, server } of servers) {
          const [cpu, from] = [readCpuMicros(server.pid), index];
          speeds.get(name)?.push(await runLoad({ port: server.port, clients, makeBody, until: { ms } }));
          micros.get(name)?.push((readCpuMicros(server.pid) - cpu) / (index - from));
        }
      }
      const cpu = [...micros.values()].map(all => median(all).toFixed(1));
      cpuRows.push([clients, batch, ...cpu]);
      const [ours = [], bare = [], sqlite = []] = [...speeds.values()];
      const ratio = (peer: number[]): string => median(ours.map((speed, i) => speed / (peer[i] ?? 1))).toFixed(2);
      const perSecond = [ours, bare, sqlite].map(all => Math.round(median(all) * batch).toLocaleString('en-US'));
      rows.push([clients, batch, ...perSecond, ratio(bare), ratio(sqlite)]);
    }
  }
  await Promise.all(servers.map(({ server }) => server.stop()));
  printTable(
    [
      'clients',
      'records a request',
      ...Object.keys(starters).map(name => `${name}, records/s`),
      'ratio to bare',
      'ratio to SQLite',
    ],
    rows,
  );
  // Tells more than speed where others use the same cores.
  const head = ['clients', 'records a request', ...Object.keys(starters).map(name => `${name}, CPU µs a record`)];
  printTable(head, cpuRows);
}

function time(action: () => unknown): number {
  const from = performance.now();
  action();
  return performance.now() - from;
}

/** Start, memory, queries and bytes written at one size. */
async function measureSize(folder: string, records: number): Promise<(string | number)[]> {
  const storage = mkdtempSync(path.join(folder, 'size-'));
  const startMs = Date.now() - records * 8000;
  const batch = 500;
  const filling = await startEngine(storage);
  const makeBody = (i: number): string =>
    JSON.stringify(Array.from({ length: batch }, (_, n) => makeRecord(i * batch + n, startMs)));
  await runLoad({ port: filling.port, clients: 4, makeBody, until: { requests: records / batch } });
  await wait(2_500);
  const peakMb = readProc(filling.pid, 'status', 'VmHWM') / 1024;
  const written = readProc(filling.pid, 'io', 'write_bytes') / records;
  await filling.stop();
  const again = await startEngine(storage);
  const appendSpeed = await runLoad({
    port: again.port,
    clients: 1,
    makeBody: i => JSON.stringify(makeRecord(records + i, startMs)),
    until: { requests: 300 },
  });
  const { startMs: start } = again;
  await again.stop();
  const price = () => ({ nanoUsd: null, basis: 'unpriced', rate: null }) as const;
  const ledger = await openLedger({ folder: storage, price, now: Date.now, log: () => undefined });
  const all = { fromMs: 0, toMs: Date.now() + quarterYearMs };
  const month = { fromMs: Date.now() - quarterYearMs / 3, toMs: all.toMs };
  const queries = [
    // Not `sum`, which remembers.
    () => ledger.group(all, [], 'Europe/Berlin'),
    () => ledger.group(all, ['day', 'model'], 'Europe/Berlin'),
    () => ledger.group(all, ['task_type'], 'Europe/Berlin'),
    () => ledger.group(month, ['session_id'], 'Europe/Berlin'),
  ].map(query => median([0, 1, 2, 3, 4].map(() => time(query))).toFixed(1));
  await ledger.append([]);
  await ledger.markNotice('bench');
  const from = performance.now();
  await ledger.flush();
  const snapshot = performance.now() - from;
  const size = ledger.size() / 1e6;
  await ledger.close();
  const append = (1000 / appendSpeed).toFixed(2);
  return [
    records.toLocaleString('en-US'),
    size.toFixed(1),
    Math.round(start),
    Math.round(peakMb),
    append,
    ...queries,
    Math.round(snapshot),
    Math.round(written),
  ];
}

/** Runs the benchmark and prints Markdown tables. */
export async function run(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spend-lens-bench-'));
  try {
    if (!args.includes('--sizes')) {
      await compareThroughput(folder, isQuick ? 2 : 5, isQuick ? 1000 : 3000);
    }
    if (args.includes('--throughput')) {
      return;
    }
    const rows: (string | number)[][] = [];
    for (const records of isQuick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]) {
      rows.push(await measureSize(folder, records));
    }
    const queries = ['sum, ms', 'day × model, ms', 'task type, ms', 'sessions of 30 days, ms'];
    const head = ['records', 'database, MB', 'start, ms', 'peak memory, MB', 'append over HTTP, ms'];
    printTable([...head, ...queries, 'snapshot, ms', 'bytes written a record'], rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
