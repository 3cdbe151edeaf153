/** A server under test as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  readonly port: number;
  readonly pid: number;
  /** From its start until it listened, ms. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Starts `node args…` and waits for its first line, JSON with `port` or `url`. Throws when it ends before that. */
export async function startServer(args: readonly string[]): Promise<ServerProcess> {
  const from = performance.now();
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`${args.join(' ')} ended with code ${code}`)));
    if (child.stdout) {
      createInterface(child.stdout).once('line', resolve);
    }
  });
  const { port, url } = JSON.parse(line) as { port?: number; url?: string };
  return {
    port: port ?? Number(new URL(url ?? '').port),
    pid: child.pid ?? 0,
    startMs: performance.now() - from,
    stop: () =>
      new Promise(resolve => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** CPU time that a process has used, µs; NaN where /proc does not tell. */
export function readCpuMicros(pid: number): number {
  try {
    // After the name in parentheses; times are in 1/100 s (proc_pid_stat(5), fields 14 and 15).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

/** A figure of /proc/PID/status or /proc/PID/io by its name; NaN where there is no such file. */
export function readProc(pid: number, file: 'status' | 'io', name: string): number {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
  } catch {
    return Number.NaN;
  }
}
