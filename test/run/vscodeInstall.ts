/**
 * The real VS Code server (workbench and extension host) from the npm package code-server, installed on demand into
 * `.vscode-test/`: 600 MB that are no devDependency. Nothing of it is compiled and code-server's own front is not used.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runChild } from './childProcess.ts';
import { cacheFolder } from './paths.ts';

/** code-server 4.139.1 is VS Code 1.139.1. */
const codeServerVersion = '4.139.1';
const installTimeoutMs = 8 * 60_000;
const folder = path.join(cacheFolder, `code-server-${codeServerVersion}`);
const vscodeFolder = path.join(folder, 'node_modules/code-server/lib/vscode');

/** Why the server can not run on this machine, or undefined when it can. */
export function serverObstacle(): string | undefined {
  if (process.platform === 'win32') {
    return 'the VS Code server of the npm package code-server does not run on Windows';
  }
  const [major = 0] = process.versions.node.split('.').map(Number);
  return major < 24 ? `the VS Code server needs Node 24, this is ${process.version}` : undefined;
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const all = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
    '--no-update-notifier',
    ...args,
  ];
  const end = await runChild('npm', all, { cwd, timeoutMs: installTimeoutMs });
  if (end.code !== 0) {
    throw new Error(`The VS Code server can not be installed: npm ${all.join(' ')} failed; its messages are above.`);
  }
}

async function install(): Promise<void> {
  const temporary = mkdtempSync(`${folder}.`);
  try {
    console.log(`Installing the VS Code server, code-server@${codeServerVersion} (once, about a minute) …`);
    await npm(temporary, ['--prefix', temporary, '--no-save', `code-server@${codeServerVersion}`]);
    console.log('Installing its dependencies …');
    await npm(path.join(temporary, 'node_modules/code-server/lib/vscode'), ['--omit=dev']);
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Installs the server unless it is there. Gives the path of its `out/server-main.js`; throws when npm fails. */
export async function ensureServer(): Promise<string> {
  const main = path.join(vscodeFolder, 'out/server-main.js');
  mkdirSync(cacheFolder, { recursive: true });
  const lock = `${folder}.lock`;
  while (!existsSync(folder)) {
    try {
      mkdirSync(lock);
    } catch {
      // Another run installs it; a lock that old belongs to nobody.
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > installTimeoutMs) {
        rmSync(lock, { recursive: true, force: true });
      }
      await wait(500);
      continue;
    }
    try {
      await install();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return main;
}
