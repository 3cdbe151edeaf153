/** One window for all tests of a file, with a picture and the logs kept when one fails. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Workbench, type WorkbenchOptions } from './workbench.ts';

/** Call it inside `describe`; the function it gives is for use inside the tests and hooks. */
export function useWorkbench(options: WorkbenchOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;
  beforeAll(async () => {
    workbench = await Workbench.open(options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await workbench?.keepEvidence(task.name);
    }
  });
  afterAll(async () => {
    await workbench?.close();
  });
  return () => {
    if (workbench === undefined) {
      throw new Error('The window is not open yet: call this inside a test.');
    }
    return workbench;
  };
}
