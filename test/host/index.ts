/** What VS Code calls in the extension host: runs all `*.test.cjs` beside this bundle and writes their results as JSON. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { type Failure, resultFileVariable, type Skip, type SuiteFile } from '../run/results.ts';
import { print } from './print.ts';

/** Rejects when a test failed or none ran; VS Code then exits with code 1. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => print(format(...args));
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 30_000, reporter: 'spec' });
  for (const name of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.cjs')) {
      mocha.addFile(path.join(__dirname, name));
    }
  }
  const failures: Failure[] = [];
  const skips: Skip[] = [];
  let passed = 0;
  /** Written before each test too, so that one that takes VS Code down with it is named. */
  const write = (running: readonly Failure[]): void => {
    const file = process.env[resultFileVariable];
    if (file !== undefined) {
      const results: SuiteFile = { passed, failures: [...failures, ...running], skips };
      writeFileSync(file, JSON.stringify(results, undefined, 2));
    }
  };
  await new Promise<void>(resolve => {
    mocha
      .run(() => resolve())
      .on('test', test => write([{ name: test.fullTitle(), message: 'VS Code ended before this test did' }]))
      .on('pass', () => {
        passed += 1;
      })
      .on('fail', (test, error: Error) => failures.push({ name: test.fullTitle(), message: formatError(error) }))
      .on('pending', test => skips.push({ name: test.fullTitle(), reason: readReason(test) }));
  });
  write([]);
  assert.equal(failures.length, 0, `${failures.length} tests failed`);
  assert.ok(passed > 0, 'no test ran');
}

function readReason(test: Mocha.Test): string {
  const reason: unknown = 'skipReason' in test ? test.skipReason : undefined;
  return typeof reason === 'string' ? reason : 'no reason given';
}

/** The message and our own lines of the stack; VS Code's are many and say nothing. */
function formatError(error: Error): string {
  const lines = (error.stack ?? String(error)).split('\n');
  return lines
    .filter(line => !line.includes('code-server') && !line.includes('(node:'))
    .slice(0, 30)
    .join('\n');
}
