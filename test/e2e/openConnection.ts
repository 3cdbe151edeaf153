import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { WindowRegistration } from '../../src/api/contract.ts';
import { type ConnectionState, EngineConnection } from '../../src/ui/connection/engineConnection.ts';
import { EngineProcess } from '../../src/ui/connection/engineProcess.ts';
import type { Log } from '../../src/ui/log.ts';

export type Running = Extract<ConnectionState, { kind: 'running' }>;

/** A window as far as the engine is concerned: the extension's own code, without VS Code. */
export interface WindowConnection {
  readonly connection: EngineConnection;
  /** Every state so far. */
  readonly states: readonly ConnectionState[];
  /** Lines of its log, `level message`. */
  readonly log: readonly string[];
  /** The newest state once it is running and fits. */
  running(fits?: (state: Running) => boolean): Promise<Running>;
  close(): Promise<void>;
}

export interface WindowOptions {
  /** Global storage. */
  readonly storage: string;
  /** The workspace's storage; null for a window without a folder. */
  readonly workspace: string | null;
  /** Where the extension is installed; its version. */
  readonly dist?: string;
  readonly version?: string;
}

const dist = join(import.meta.dirname, '../../dist');

/** Opens a window's connection, as activation does; the engine and the connection end with the test. */
export function openConnection(options: WindowOptions): WindowConnection {
  const log: string[] = [];
  const write = (level: string) => (message: string) => void log.push(`${level} ${message}`);
  const logger = {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
    trace: write('trace'),
  } as unknown as Log;
  const registration: WindowRegistration = {
    workspace: options.workspace === null ? null : { storage: options.workspace, name: 'w', folders: [] },
    settings: {},
  };
  const connection = new EngineConnection({
    process: new EngineProcess({
      storage: options.storage,
      script: join(options.dist ?? dist, 'engine.js'),
      version: options.version ?? '0.1.0',
      log: logger,
    }),
    windowId: randomUUID(),
    registration: () => registration,
    log: logger,
    pauseMs: () => 50,
  });
  const states: ConnectionState[] = [];
  connection.onDidChange(state => void states.push(state));
  onTestFinished(async () => {
    await connection.close();
    await endEngine(options.storage);
  });
  connection.open();
  return {
    connection,
    states,
    log,
    close: () => connection.close(),
    running: async (fits = () => true) => {
      for (const until = Date.now() + 30_000; Date.now() < until; ) {
        const { state } = connection;
        if (state.kind === 'running' && fits(state)) {
          return state;
        }
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      throw new Error(`Not running: ${JSON.stringify(connection.state)}; ${log.join('; ')}`);
    },
  };
}

/** The process of the engine that `engine.json` names; null when there is none. */
export async function readEnginePid(storage: string): Promise<number | null> {
  const text = await readFile(join(storage, 'engine.json'), 'utf8').catch(() => null);
  return text === null ? null : JSON.parse(text).pid;
}

async function endEngine(storage: string): Promise<void> {
  const pid = await readEnginePid(storage);
  try {
    process.kill(pid ?? 0 / 0, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
