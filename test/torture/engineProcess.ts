import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Failpoint, failpointVariable } from './failpoint.ts';

export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

/** An engine in a process of its own. */
export interface TorturedEngine {
  readonly process: ChildProcess;
  /** Null when it ended before it listened. */
  readonly endpoint: Promise<Endpoint | null>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  readonly hasEnded: () => boolean;
  readonly stderr: () => string;
  /** Ends it with SIGKILL, from outside. */
  readonly kill: () => void;
  /** Whether it killed itself. */
  readonly wasFailpoint: () => boolean;
}

/** Starts the engine alone on a folder, with a failpoint or without. */
export function startEngine(script: string, storage: string, failpoint: Failpoint | null): TorturedEngine {
  const child = spawn(process.execPath, [script, '--storage', storage, '--port', '0'], {
    env: {
      ...process.env,
      SPEND_LENS_TOKEN: 'torture',
      [failpointVariable]: failpoint ? JSON.stringify(failpoint) : '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  let hasEnded = false;
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    hasEnded = true;
    return code ?? signal;
  });
  const endpoint = new Promise<Endpoint | null>(resolve => {
    let text = '';
    child.stdout.on('data', chunk => {
      text += chunk;
      if (text.includes('\n')) {
        resolve(JSON.parse(text));
      }
    });
    void ended.then(() => resolve(null));
  });
  let wasKilled = false;
  const kill = () => {
    wasKilled ||= !hasEnded;
    child.kill('SIGKILL');
  };
  const wasFailpoint = () => hasEnded && !wasKilled;
  return { process: child, endpoint, ended, kill, wasFailpoint, hasEnded: () => hasEnded, stderr: () => stderr };
}
