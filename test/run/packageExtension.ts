/** The production build and the `.vsix` made of it. */

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runChild } from './childProcess.ts';
import { resultsFolder, root } from './paths.ts';

const buildTimeoutMs = 2 * 60_000;
const packageTimeoutMs = 3 * 60_000;

/** Builds production bundles into `dist/`; false when that failed (the messages are on the screen, quiet or not). */
export async function buildExtension({ isQuiet = false } = {}): Promise<boolean> {
  const logFile = path.join(resultsFolder, 'build.log');
  const end = await runChild(process.execPath, ['esbuild.mjs', '--production'], {
    cwd: root,
    timeoutMs: buildTimeoutMs,
    ...(isQuiet ? { logFile } : {}),
  });
  if (isQuiet && end.code !== 0) {
    console.error(readFileSync(logFile, 'utf8'));
  }
  return end.code === 0;
}

/** Path of the `.vsix` of this version. */
export function vsixPath(): string {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, string>;
  return path.join(root, `${name}-${version}.vsix`);
}

function newestChange(): number {
  const dist = path.join(root, 'dist');
  const built = existsSync(dist)
    ? readdirSync(dist, { recursive: true, encoding: 'utf8' }).map(name => `dist/${name}`)
    : [];
  const files = ['package.json', 'package.nls.json', '.vscodeignore', 'README.md', 'CHANGELOG.md', ...built];
  return Math.max(
    ...files
      .map(name => path.join(root, name))
      .filter(existsSync)
      .map(file => statSync(file).mtimeMs),
  );
}

/** Makes the `.vsix`, unless there is one newer than all that goes into it. Gives its path; throws when vsce fails. */
export async function packageExtension({ isForced = false, isQuiet = false } = {}): Promise<string> {
  const vsix = vsixPath();
  if (!isForced && existsSync(vsix) && statSync(vsix).mtimeMs >= newestChange()) {
    return vsix;
  }
  const temporary = `${vsix}.${process.pid}.tmp.vsix`;
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const args = [vsce, 'package', '--no-dependencies', '--out', temporary];
  const logFile = path.join(resultsFolder, 'package.log');
  const end = await runChild(process.execPath, args, {
    cwd: root,
    timeoutMs: packageTimeoutMs,
    ...(isQuiet ? { logFile } : {}),
  });
  if (isQuiet && end.code !== 0) {
    console.error(readFileSync(logFile, 'utf8'));
  }
  if (end.code !== 0) {
    rmSync(temporary, { force: true });
    throw new Error(`vsce package failed${end.isTimedOut ? ': it took too long' : ''}; its messages are above`);
  }
  renameSync(temporary, vsix);
  return vsix;
}
