/** The checks and suites of `npm test`, in their order, and how each is run. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findBrowser } from './browser.ts';
import { endMarked, runChild } from './childProcess.ts';
import { runHostSuite } from './hostSuite.ts';
import { packageExtension } from './packageExtension.ts';
import { resultsFolder, root } from './paths.ts';
import { failedSuite, readResult, resultFileVariable, type SuiteResult, skippedSuite, withEnd } from './results.ts';
import { ensureServer, serverObstacle } from './vscodeInstall.ts';

export const suiteNames = ['types', 'lint', 'unit', 'webview', 'host', 'e2e'] as const;
/** Suites that run only when they are named: they need much from the network. */
export const namedSuites = ['agents'] as const;
export type SuiteName = (typeof suiteNames)[number] | (typeof namedSuites)[number];

/** Every process of a suite has this in its environment, so that what a suite leaves running is found and ended. */
const markVariable = 'SPEND_LENS_TEST_RUN';
const minute = 60_000;
const bin = (name: string): string => path.join(root, 'node_modules', name);

async function runCheck(suite: string, commands: readonly (readonly string[])[]): Promise<SuiteResult> {
  for (const [script = '', ...args] of commands) {
    const end = await runChild(process.execPath, [script, ...args], { cwd: root, timeoutMs: 3 * minute });
    if (end.code !== 0) {
      return withEnd({ suite, passed: 0, failures: [], skips: [] }, end);
    }
  }
  return { suite, passed: 1, failures: [], skips: [] };
}

const tsc = bin('typescript/bin/tsc');

function runTypes(): Promise<SuiteResult> {
  const hasWebview = existsSync(path.join(root, 'webview-ui/tsconfig.json'));
  return runCheck('types', [
    [tsc, '--noEmit'],
    ...(hasWebview ? [[tsc, '--noEmit', '-p', 'webview-ui/tsconfig.json']] : []),
  ]);
}

function runLint(): Promise<SuiteResult> {
  return runCheck('lint', [
    [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--diagnostic-level=warn', '.'],
  ]);
}

async function runVitest(
  suite: 'unit' | 'webview' | 'e2e' | 'agents',
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<SuiteResult> {
  const folder = path.join(resultsFolder, suite);
  const file = path.join(folder, 'results.json');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const mark = crypto.randomUUID();
  const end = await runChild(process.execPath, [bin('vitest/vitest.mjs'), 'run', '--project', suite, ...args], {
    cwd: root,
    timeoutMs,
    env: { ...env, [resultFileVariable]: file, [markVariable]: mark },
  });
  for (const left of endMarked(markVariable, mark)) {
    console.warn(`${suite} left a process behind, ended now: ${left.slice(0, 200)}`);
  }
  return withEnd(readResult(suite, file), end);
}

/** Why a suite that needs a browser can not run here, or the environment that hands it the browser. */
async function browserEnvironment(): Promise<Record<string, string> | string> {
  const browser = await findBrowser();
  return typeof browser === 'string' ? browser : { SPEND_LENS_BROWSER: browser.executablePath };
}

async function runWebview(args: readonly string[]): Promise<SuiteResult> {
  const env = await browserEnvironment();
  return typeof env === 'string' ? skippedSuite('webview', env) : runVitest('webview', args, env, 8 * minute);
}

async function runHost(): Promise<SuiteResult> {
  const isDesktop = process.env.SPEND_LENS_DESKTOP === '1';
  const env = isDesktop ? {} : (serverObstacle() ?? (await browserEnvironment()));
  if (typeof env === 'string') {
    return skippedSuite('host', env);
  }
  const mark = crypto.randomUUID();
  try {
    return await runHostSuite({ isDesktop, env: { ...env, [markVariable]: mark }, timeoutMs: 5 * minute });
  } finally {
    endMarked(markVariable, mark);
  }
}

async function runE2e(args: readonly string[]): Promise<SuiteResult> {
  const env = serverObstacle() ?? (await browserEnvironment());
  if (typeof env === 'string') {
    return skippedSuite('e2e', env);
  }
  await ensureServer();
  await packageExtension();
  const isScreenshots = args.includes('--screenshots');
  return runVitest(
    'e2e',
    args.filter(arg => arg !== '--screenshots'),
    { ...env, ...(isScreenshots ? { SPEND_LENS_SCREENSHOTS: '1' } : {}) },
    16 * minute,
  );
}

function runAgents(args: readonly string[]): Promise<SuiteResult> {
  const others = args.filter(arg => arg !== '--record');
  return runVitest('agents', others, others.length < args.length ? { SPEND_LENS_RECORD: '1' } : {}, 40 * minute);
}

/** Runs one suite. Never throws: whatever goes wrong is a failure with the suite's name. */
export async function runSuite(name: SuiteName, args: readonly string[]): Promise<SuiteResult> {
  try {
    switch (name) {
      case 'types':
        return await runTypes();
      case 'lint':
        return await runLint();
      case 'unit':
        return await runVitest('unit', args, {}, 10 * minute);
      case 'webview':
        return await runWebview(args);
      case 'host':
        return await runHost();
      case 'e2e':
        return await runE2e(args);
      case 'agents':
        return await runAgents(args);
    }
  } catch (error) {
    return failedSuite(name, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** Whether a suite reads `dist/`. */
export function needsBuild(name: SuiteName): boolean {
  return name !== 'types' && name !== 'lint';
}
