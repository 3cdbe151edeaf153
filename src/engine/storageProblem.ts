import { StorageError } from '../ledger/files.ts';
import { HttpProblem } from './problem.ts';

/** What to do with an error of the ledger: a full disk is 507, any other trouble with it 503, and nothing was `done` to the calls. */
export function throwStorageProblem(done: 'stored' | 'deleted'): (error: unknown) => never {
  return error => {
    if (!(error instanceof StorageError)) {
      throw error;
    }
    throw error.isFull
      ? new HttpProblem(507, `The disk is full, nothing was ${done}: ${error.message}`)
      : new HttpProblem(503, `The disk refuses, nothing was ${done}: ${error.message}`, {
          headers: { 'retry-after': '5' },
        });
  };
}
