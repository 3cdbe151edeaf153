/** Starts the real VS Code server on a profile; a browser at `workbenchUrl` is then a VS Code window. */
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { endGroup, startGroup } from './childProcess.ts';
import { ensureServer } from './vscodeInstall.ts';
import type { Profile } from './vscodeProfile.ts';

export interface ServerOptions {
  /** 0 or none: any free one. Workspace storage is keyed by it, so a restart that must find its state passes the old one. */
  readonly port?: number;
  /** Added to the environment of the server and so of the extension host, e.g. `{ TZ: 'UTC' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lets a window load an extension's folder and a test suite; VS Code then shows no notification toasts. */
  readonly isDriven?: boolean;
  /** Leaves workspace trust on, so that restricted mode can be seen. */
  readonly hasWorkspaceTrust?: boolean;
}

export interface VsCodeServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly logFile: string;
  /** Ends the server and its extension hosts. An engine lives on: see `endEngine`. */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

/** Starts a server and waits until it listens; throws with its log when it does not within a minute. */
export async function startServer(profile: Profile, options: ServerOptions = {}): Promise<VsCodeServer> {
  const main = await ensureServer();
  const logFile = path.join(profile.folder, 'server.log');
  const args = [
    main,
    '--host=127.0.0.1',
    `--port=${options.port ?? 0}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    `--user-data-dir=${profile.userData}`,
    `--server-data-dir=${profile.userData}`,
    `--extensions-dir=${profile.extensions}`,
    '--telemetry-level=off',
    ...(options.isDriven ? ['--enable-smoke-test-driver'] : []),
    ...(options.hasWorkspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
  const child = startGroup(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  writeFileSync(logFile, '', { flag: 'a' });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once('close', () => log.end());
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let isSettled = false;
      const fail = (why: string): void => {
        if (!isSettled) {
          isSettled = true;
          reject(new Error(`VS Code's server ${why}:\n${readFileSync(logFile, 'utf8')}`));
        }
      };
      const watchdog = setTimeout(() => fail('did not start in time'), startTimeoutMs);
      child.once('error', error => fail(`can not be started (${error.message})`));
      child.once('close', code => fail(`ended with code ${code}`));
      if (child.stdout) {
        createInterface(child.stdout).on('line', line => {
          const listening = /Extension host agent listening on (\d+)/.exec(line);
          if (listening && !isSettled) {
            isSettled = true;
            clearTimeout(watchdog);
            resolve(Number(listening[1]));
          }
        });
      }
    });
    return { port, url: `http://127.0.0.1:${port}`, logFile, stop: () => endGroup(child) };
  } catch (error) {
    await endGroup(child);
    throw error;
  }
}

export interface WindowOptions {
  /** Folder to open; none: an empty window. */
  readonly folder?: string;
  /** Loads an extension from its folder, as F5 does; the server must be `isDriven`. */
  readonly extensionDevelopmentPath?: string;
  /** A module whose `run()` is the test suite of this window. */
  readonly extensionTestsPath?: string;
  /** Files to open at the start. */
  readonly openFile?: string;
}

/** The address of a window. */
export function workbenchUrl(server: VsCodeServer, options: WindowOptions): string {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
  const payload: [string, string][] = [];
  for (const key of ['extensionDevelopmentPath', 'extensionTestsPath', 'openFile'] as const) {
    const value = options[key];
    if (value !== undefined) {
      payload.push([key, remote(value)]);
    }
  }
  const query = new URLSearchParams();
  query.set(options.folder === undefined ? 'ew' : 'folder', options.folder ?? 'true');
  if (payload.length > 0) {
    query.set('payload', JSON.stringify(payload));
  }
  return `${server.url}/?${query}`;
}
