/**
 * The part of the scripts that runs on any Node from 20 on with no node_modules: installs what package-lock.json names, finds
 * the Node 24 that comes with it, and runs the TypeScript part of the same script with that Node first on the PATH.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
const modules = path.join(root, 'node_modules');
const installTimeoutMs = 10 * 60_000;

/** Runs a child with our own screen. Gives its exit code; one that a signal ended counts as 1. */
function run(command, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', timeout: timeoutMs, ...options });
    // The child gets Ctrl-C from the terminal too and ends what it started; we wait for it.
    const stay = () => {};
    const passOn = () => child.kill('SIGTERM');
    process.on('SIGINT', stay);
    process.on('SIGTERM', passOn);
    child.on('error', reject);
    child.on('close', code => {
      process.off('SIGINT', stay);
      process.off('SIGTERM', passOn);
      resolve(code ?? 1);
    });
  });
}

/**
 * Whether node_modules holds what package-lock.json names, by versions and not by file times, which a checkout changes. npm
 * writes its own list last, so an install that was cut short is done again.
 */
function isInstalled() {
  const listFile = path.join(modules, '.package-lock.json');
  if (!existsSync(listFile)) {
    return false;
  }
  const { packages: wanted } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const { packages: present } = JSON.parse(readFileSync(listFile, 'utf8'));
  return Object.entries(wanted).every(([place, { version, optional, peer }]) => {
    const found = present[place];
    return place === '' || (found ? found.version === version : Boolean(optional ?? peer));
  });
}

function wait(ms) {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** One install at a time: two scripts started at once in a fresh clone share it. */
async function install() {
  const lock = path.join(root, '.node_modules.lock');
  const start = Date.now();
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const isAbandoned = existsSync(lock) && Date.now() - statSync(lock).mtimeMs > installTimeoutMs;
      if (isAbandoned || Date.now() - start > installTimeoutMs) {
        rmSync(lock, { recursive: true, force: true });
      }
      await wait(500);
      if (isInstalled()) {
        return 0;
      }
    }
  }
  try {
    console.log('Installing the development tools (npm ci) …');
    const isWindows = process.platform === 'win32';
    const npm = isWindows ? 'npm.cmd' : 'npm';
    const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--no-update-notifier'];
    return await run(npm, args, { shell: isWindows, timeoutMs: installTimeoutMs });
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Node 24 from node_modules; else this process if it runs TypeScript and SQLite as it is (22.15 or later). */
function findNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const installed = path.join(modules, 'node', 'bin', name);
  if (existsSync(installed)) {
    return installed;
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 15)) {
    return process.execPath;
  }
  throw new Error(
    `Node 22.15 or later is needed, this is ${process.version}, and node_modules/node holds none for ${os.platform()}-${os.arch()}. Delete node_modules and run this again, or install Node 24.`,
  );
}

/** Runs `test/run/<script>` (TypeScript) with the arguments of this process and ends with its exit code. */
export async function bootstrap(script) {
  try {
    if (!isInstalled()) {
      const code = await install();
      if (code !== 0) {
        throw new Error(`npm ci failed with exit code ${code}; its messages are above.`);
      }
    }
    const node = findNode();
    const bin = path.join(modules, '.bin');
    const searchPath = [path.dirname(node), bin, process.env.PATH ?? process.env.Path ?? ''].join(path.delimiter);
    const { Path: _, ...env } = process.env;
    const args = [
      '--disable-warning=ExperimentalWarning',
      path.join(import.meta.dirname, script),
      ...process.argv.slice(2),
    ];
    process.exitCode = await run(node, args, { env: { ...env, PATH: searchPath } });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
