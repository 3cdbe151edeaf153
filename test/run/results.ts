/** What the suites' result files say, in one form. */
import { existsSync, readFileSync } from 'node:fs';

export interface Failure {
  readonly name: string;
  /** First lines of the error; may be empty. */
  readonly message: string;
}

export interface Skip {
  readonly name: string;
  readonly reason: string;
}

export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly skips: readonly Skip[];
}

/** A suite that did not run because this machine lacks something. */
export function skippedSuite(suite: string, reason: string): SuiteResult {
  return { suite, passed: 0, failures: [], skips: [{ name: `${suite} (the whole suite)`, reason }] };
}

/** A suite or check that failed as a whole. */
export function failedSuite(suite: string, message: string): SuiteResult {
  return { suite, passed: 0, failures: [{ name: suite, message }], skips: [] };
}

/** What a suite writes as JSON to the file that `resultFileVariable` names. */
export type SuiteFile = Omit<SuiteResult, 'suite'>;

/** Environment variable with the path of the file a suite's results go to. */
export const resultFileVariable = 'SPEND_LENS_RESULTS';

/** Reads the file a suite wrote; that there is none means that it crashed. */
export function readResult(suite: string, file: string): SuiteResult {
  if (!existsSync(file)) {
    return failedSuite(suite, 'the suite crashed: it wrote no results');
  }
  try {
    const { passed, failures, skips } = JSON.parse(readFileSync(file, 'utf8')) as SuiteFile;
    return { suite, passed, failures, skips };
  } catch (error) {
    return failedSuite(suite, `the suite's results can not be read: ${error}`);
  }
}

/** Adds a failure when the process behind a result ended badly, or when nothing ran: neither may look like success. */
export function withEnd(
  result: SuiteResult,
  end: { readonly code: number | null; readonly isTimedOut: boolean },
): SuiteResult {
  const add = (message: string): SuiteResult => ({
    ...result,
    failures: [...result.failures, { name: result.suite, message }],
  });
  if (end.isTimedOut) {
    const failures = result.failures.filter(({ name }) => name !== result.suite);
    return { ...result, failures: [...failures, { name: result.suite, message: 'it did not end in time: stopped' }] };
  }
  if (end.code !== 0 && result.failures.length === 0) {
    return add(`the suite ended with ${end.code === null ? 'a signal' : `exit code ${end.code}`}`);
  }
  return result.passed + result.failures.length + result.skips.length === 0 ? add('the suite ran no test') : result;
}

/** The closing report: skips with their reasons, failures by name, and the counts as the last line. */
export function formatResults(results: readonly SuiteResult[]): string {
  const skips = results.flatMap(({ skips }) => skips);
  const failures = results.flatMap(({ failures }) => failures);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const lines: string[] = [''];
  if (skips.length > 0) {
    lines.push('Skipped:', ...skips.map(({ name, reason }) => `  - ${name}: ${reason}`), '');
  }
  if (failures.length > 0) {
    lines.push('Failed:');
    for (const { name, message } of failures) {
      lines.push(
        `  - ${name}`,
        ...message
          .split('\n')
          .filter(Boolean)
          .map(line => `      ${line}`),
      );
    }
    lines.push('');
  }
  lines.push(`${passed} passed, ${failures.length} failed, ${skips.length} skipped`);
  return lines.join('\n');
}
