/** The snippets of "my own code" in Python, with the published packages. Those in TypeScript run so in the unit tests. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectPythonRuns, idsOf } from '../unit/connect/runSnippet.ts';
import { provideRealPython, type RealPython } from './realPython.ts';

let python: RealPython;

beforeAll(() => {
  python = provideRealPython();
  console.log(python.versions);
}, 600_000);

describe('a snippet in Python runs with the real SDK and is counted', () => {
  test('which is there', () => {
    expect(python.versions).toMatch(/^openai \d+\.\d+\.\d+, anthropic \d+\.\d+\.\d+, Python 3\./);
  });

  test.each(idsOf('python'))('%s', async id => {
    await expectPythonRuns(id, python.command, python.env);
  });
});
