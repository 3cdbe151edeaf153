import { StorageError } from '../../ledger/disk/files.ts';
import { HttpProblem } from '../http/problem.ts';

/** What to do with an error of the ledger: a full disk is 507, any other trouble with it 503, with what it means for the calls. */
export function throwStorageProblem(effect: string): (error: unknown) => never {
  return error => {
    if (!(error instanceof StorageError)) {
      throw error;
    }
    throw error.isFull
      ? new HttpProblem(507, `The disk is full, ${effect}: ${error.message}`)
      : new HttpProblem(503, `The disk refuses, ${effect}: ${error.message}`, {
          headers: { 'retry-after': '5' },
        });
  };
}
