/** The suite that runs inside VS Code's extension host, as `npm test` sees it. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runChild } from './childProcess.ts';
import { resultsFolder, root } from './paths.ts';
import { readResult, resultFileVariable, type SuiteResult, withEnd } from './results.ts';

export interface HostSuiteOptions {
  /** The downloaded desktop build instead of the server. */
  readonly isDesktop: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Runs the suite in a child, so that a VS Code that hangs can be ended as a whole. */
export async function runHostSuite({ isDesktop, env, timeoutMs }: HostSuiteOptions): Promise<SuiteResult> {
  const folder = path.join(resultsFolder, 'host');
  const file = path.join(folder, 'results.json');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const script = path.join(root, 'test/run/hostMain.ts');
  const end = await runChild(process.execPath, [script, ...(isDesktop ? ['--desktop'] : [])], {
    cwd: root,
    timeoutMs,
    env: { ...env, [resultFileVariable]: file },
  });
  return withEnd(readResult('host', file), end);
}
