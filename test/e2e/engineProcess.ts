import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The engine as it ships; `SPEND_LENS_ENGINE` names another script, e.g. `src/engine/main.ts` while working on it. */
const script = process.env.SPEND_LENS_ENGINE ?? join(import.meta.dirname, '../../dist/engine.js');

/** A folder that is gone when the test is; with a short name, so that a socket's path fits. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sl-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface EngineProcess {
  readonly process: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** The line that a standalone engine prints. Throws when it ends without. */
  readonly greeting: Promise<{ readonly url: string; readonly token: string; readonly storage: string }>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/**
 * Starts the engine in a process of its own; it is killed when the test is over. `prefix` is a command that runs the rest of its
 * arguments.
 */
export function startProcess(
  args: readonly string[],
  env: Record<string, string> = {},
  prefix: readonly string[] = [],
): EngineProcess {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, script, ...args];
  const child = spawn(command, rest, {
    env: { ...process.env, SPEND_LENS_TOKEN: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const greeting = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      stdout += chunk;
      if (stdout.includes('\n')) {
        resolve(stdout);
      }
    });
    ended.then(code => reject(new Error(`The engine ended with ${code}: ${stderr}`)));
  }).then(line => JSON.parse(line));
  greeting.catch(() => {});
  return { process: child, pid: child.pid ?? 0, stdout: () => stdout, stderr: () => stderr, greeting, ended };
}

/** `engine.json` of a windows' engine, once it is there. */
export async function waitForEngineFile(storage: string, pid?: number) {
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    const text = await readFile(join(storage, 'engine.json'), 'utf8').catch(() => '');
    const file = text === '' ? null : JSON.parse(text);
    if (file !== null && (pid === undefined || file.pid === pid)) {
      return file as { url: string; token: string; pid: number; port: number; version: string };
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error('engine.json did not come.');
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes
type Json = any;

/** Posts to `/v1/usage`, as JSON. */
export async function postUsage({ url, token }: { url: string; token: string }, body: unknown) {
  const response = await fetch(`${url}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

/** Today's summary. */
export async function readSummary({ url, token }: { url: string; token: string }): Promise<Json> {
  return (await fetch(`${url}/t/${token}/v1/summary`)).json();
}
