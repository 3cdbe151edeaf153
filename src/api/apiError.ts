import type { Problem } from './engineContract.ts';

/** The engine answered with an error; `problem` is what it said (RFC 9457). */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The engine could not be reached, did not answer in time, or what answered is not an engine. */
export class EngineUnreachableError extends Error {
  /** `timeout`: something holds the port and is silent. `refused`: nothing answers. `foreign`: something else answers. */
  readonly code: 'timeout' | 'refused' | 'foreign';

  constructor(code: 'timeout' | 'refused' | 'foreign', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineUnreachableError';
    this.code = code;
  }
}
