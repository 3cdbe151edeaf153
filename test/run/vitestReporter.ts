/** Writes what `npm test` sums up. vitest's own JSON report leaves out why a test was skipped. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { root } from './paths.ts';
import { type Failure, resultFileVariable, type Skip, type SuiteFile } from './results.ts';

function formatErrors(errors: readonly { readonly message?: string; readonly stack?: string }[]): string {
  return errors
    .map(({ message, stack }) => `${message ?? ''}\n${stack?.split('\n').find(line => line.includes(root)) ?? ''}`)
    .join('\n')
    .split('\n')
    .slice(0, 12)
    .join('\n');
}

/** The reporter that `vitest.config.ts` names. */
export class ResultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env[resultFileVariable];
    if (file === undefined) {
      return;
    }
    const failures: Failure[] = [];
    const skips: Skip[] = [];
    let passed = 0;
    for (const module of modules) {
      const where = path.relative(root, module.moduleId);
      const suiteErrors = [...module.children.allSuites()].flatMap(suite => suite.errors());
      const errors = [...module.errors(), ...suiteErrors];
      for (const test of module.children.allTests()) {
        const name = `${where} > ${test.fullName}`;
        const result = test.result();
        if (result.state === 'passed') {
          passed += 1;
        } else if (result.state === 'failed') {
          failures.push({ name, message: formatErrors(result.errors) });
        } else {
          const note = result.state === 'skipped' ? result.note : 'it was never reached';
          skips.push({ name, reason: note ?? (errors.length > 0 ? 'its preparation failed' : 'no reason given') });
        }
      }
      if (errors.length > 0) {
        failures.push({ name: where, message: formatErrors(errors) });
      }
    }
    if (unhandledErrors.length > 0) {
      failures.push({ name: 'errors outside of any test', message: formatErrors(unhandledErrors) });
    }
    writeFileSync(file, JSON.stringify({ passed, failures, skips } satisfies SuiteFile, undefined, 2));
  }
}
