/** The snippets of "my own code" in Python, with the published packages. Those in TypeScript run so in the unit tests. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectPythonRuns, idsOf } from '../unit/connect/runSnippet.ts';
import { provideRealPython, type RealPython } from './realPython.ts';

let python: RealPython | null = null;
let obstacle = '';

beforeAll(() => {
  try {
    python = provideRealPython();
    console.log(python.versions);
  } catch (error) {
    // This suite needs npm's registry and no other: without Python's packages they are skipped by name.
    obstacle = (error as Error).message;
  }
}, 600_000);

describe('a snippet in Python runs with the real SDK and is counted', () => {
  test.for(idsOf('python'))('%s', async (id, { skip }) => {
    if (python === null) {
      return skip(obstacle);
    }
    expect(python.versions).toMatch(/^openai \d+\.\d+\.\d+, anthropic \d+\.\d+\.\d+, Python 3\./);
    await expectPythonRuns(id, python.command, python.env);
  });
});
