/**
 * `npm run bench import [-- MB]`: imports generated transcripts of Claude Code and Codex twice, each time in a process of its own, beside
 * ccusage on the same files, and prints time, rate, peak memory and ratios; then how fast telemetry is taken. Both must count the same tokens. The files stay in
 * the system's temporary folder for the next run of the same size.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { run as measureOtlp } from './otlp.ts';
import { ccusageVersion, findCcusage, runCcusage, type TokenSums } from './peers/ccusage.ts';
import { startServer } from './serverProcess.ts';
import { type Generated, generateTranscripts } from './transcripts.ts';

const engine = join(import.meta.dirname, '../dist/engine.js');

interface Run {
  readonly seconds: number;
  /** Peak resident memory, MB. */
  readonly memoryMb: number;
  readonly summary: { readonly records: number; readonly new: number };
}

/** Measures; `size` is in MB. */
export async function run([size = '100']: readonly string[]): Promise<void> {
  const home = join(tmpdir(), `spend-lens-bench-import-${size}`);
  const generated = prepare(home, Number(size) * 1024 * 1024);
  const storage = mkdtempSync(join(tmpdir(), 'spend-lens-bench-'));
  try {
    print(`${generated.files} files, ${(generated.bytes / 1024 ** 2).toFixed(0)} MB, ${generated.calls} calls`);
    const first = await importOnce(storage, home);
    const second = await importOnce(storage, home);
    for (const [name, { seconds, memoryMb, summary }] of Object.entries({ first, second })) {
      const rate = (generated.bytes / 1024 ** 2 / seconds).toFixed(0);
      print(
        `${name} import: ${seconds.toFixed(2)} s (${rate} MB/s), ${summary.new} new calls, ${memoryMb.toFixed(0)} MB memory`,
      );
    }
    if (first.summary.new !== generated.calls || second.summary.records !== 0) {
      throw new Error('The imports did not find each call once.');
    }
    const live = await importLive(storage, home);
    print(`import of what did not change, in a live engine: ${(live * 1000).toFixed(1)} ms (median of 9)`);
    compare(storage, home, first.seconds, live);
    await measureOtlp([]);
  } finally {
    rmSync(storage, { recursive: true, force: true });
  }
}

/** Seconds that a live engine takes to find that nothing changed, as watching and the command in VS Code ask it. */
async function importLive(storage: string, home: string): Promise<number> {
  const server = await startServer([engine, '--storage', storage, '--port', '0', '--token', 'bench']);
  try {
    const times: number[] = [];
    for (let count = 0; count < 9; count += 1) {
      const startedAt = performance.now();
      const response = await fetch(`http://127.0.0.1:${server.port}/t/bench/v1/import`, {
        method: 'POST',
        body: JSON.stringify({ home }),
      });
      await response.text();
      times.push((performance.now() - startedAt) / 1000);
    }
    return times.sort((a, b) => a - b)[4] ?? Number.NaN;
  } finally {
    await server.stop();
  }
}

/** ccusage after us, so that the files are in the system's cache for both; the better of two runs. */
function compare(storage: string, home: string, first: number, second: number): void {
  const binary = findCcusage();
  if (binary === null) {
    print(`ccusage@${ccusageVersion}: not available here`);
    return;
  }
  const runs = [runCcusage(binary, home), runCcusage(binary, home)];
  const seconds = Math.min(...runs.map(run => run.seconds));
  const [theirs, ours] = [JSON.stringify(runs[0]?.sums), JSON.stringify(readSums(storage))];
  print(
    `ccusage@${ccusageVersion}: ${seconds.toFixed(2)} s; our first import takes ${(first / seconds).toFixed(2)} times that,`,
  );
  print(
    `unchanged ${(seconds / second).toFixed(0)} times less. Tokens: ${theirs === ours ? 'the same' : `${ours}, not ${theirs}`}`,
  );
}

function readSums(storage: string): TokenSums {
  const database = new DatabaseSync(join(storage, 'usage.sqlite'), { readOnly: true });
  const sql = `SELECT sum(prompt_tokens - cache_read_tokens - cache_write_tokens) AS input, sum(cache_read_tokens) AS cacheRead,
    sum(cache_write_tokens) AS cacheWrite, sum(completion_tokens) AS output FROM token_usage`;
  try {
    return { ...database.prepare(sql).get() } as unknown as TokenSums;
  } finally {
    database.close();
  }
}

function prepare(home: string, bytes: number): Generated {
  const note = join(home, 'generated.json');
  if (existsSync(note)) {
    return JSON.parse(readFileSync(note, 'utf8'));
  }
  rmSync(home, { recursive: true, force: true });
  const generated = generateTranscripts(home, bytes);
  writeFileSync(note, JSON.stringify(generated));
  return generated;
}

/** The whole command: start, import, snapshot, exit. */
async function importOnce(storage: string, home: string): Promise<Run> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [engine, 'import', '--storage', storage, '--home', home], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  let memoryMb = 0;
  const watch = setInterval(() => {
    memoryMb = Math.max(memoryMb, readMemoryMb(child.pid));
  }, 20);
  const code = await new Promise(resolve => child.on('close', resolve));
  clearInterval(watch);
  if (code !== 0) {
    throw new Error(`The engine ended with ${code}.`);
  }
  return { seconds: (performance.now() - startedAt) / 1000, memoryMb, summary: JSON.parse(stdout) };
}

/** Resident memory of a process, where the system tells (Linux); 0 elsewhere. */
function readMemoryMb(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
