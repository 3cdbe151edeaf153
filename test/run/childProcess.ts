/** Children that always end: each has a time limit and a process group of its own, and goes with us when we are stopped. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface ChildEnd {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly isTimedOut: boolean;
  readonly durationMs: number;
}

export interface ChildOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where both outputs go instead of the screen. */
  readonly logFile?: string;
}

const live = new Set<ChildProcess>();
const isWindows = process.platform === 'win32';
const graceMs = 5_000;

/** Starts a child as the leader of a process group, which is ended when this process is. */
export function startGroup(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore', ...options, detached: !isWindows });
  live.add(child);
  child.on('exit', () => live.delete(child));
  return child;
}

/** Sends a signal to a child and all it started; nothing happens when they are gone. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  if (isWindows) {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** Ends a group that `startGroup` made: asks first, insists after five seconds. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const end = new Promise<void>(resolve => child.once('exit', () => resolve()));
    signalGroup(child.pid, 'SIGTERM');
    const insist = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
    await end;
    clearTimeout(insist);
  }
  signalGroup(child.pid, 'SIGKILL');
}

/** Runs a command to its end, at most `timeoutMs`. Throws when it can not be started. */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  const start = performance.now();
  const child = startGroup(command, args, {
    stdio: options.logFile === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (options.logFile !== undefined) {
    mkdirSync(path.dirname(options.logFile), { recursive: true });
    const log = createWriteStream(options.logFile);
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once('close', () => log.end());
  }
  let isTimedOut = false;
  const watchdog = setTimeout(() => {
    isTimedOut = true;
    void endGroup(child);
  }, options.timeoutMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    return { code: isTimedOut ? null : code, isTimedOut, durationMs: performance.now() - start };
  } finally {
    clearTimeout(watchdog);
    signalGroup(child.pid, 'SIGKILL');
  }
}

/**
 * Ends every process whose environment holds `NAME=value`: engines and servers that left their parent's group. Gives their
 * command lines. Linux only; elsewhere nothing is found.
 */
export function endMarked(name: string, value: string): string[] {
  if (process.platform !== 'linux') {
    return [];
  }
  const ended: string[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) {
      continue;
    }
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${name}=${value}`)) {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
        process.kill(pid, 'SIGKILL');
        ended.push(commandLine);
      }
    } catch {
      // It ended meanwhile, or is not ours.
    }
  }
  return ended;
}

let isStopping = false;
/** Makes Ctrl-C and SIGTERM end all children before this process ends. Call it once, from a script's main file. */
export function endChildrenOnStop(onStop: () => void = () => {}): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!isStopping) {
        isStopping = true;
        void Promise.all([...live].map(endGroup)).then(() => {
          onStop();
          process.exit(signal === 'SIGINT' ? 130 : 143);
        });
      }
    });
  }
  process.on('exit', () => {
    for (const child of live) {
      signalGroup(child.pid, 'SIGKILL');
    }
  });
}
