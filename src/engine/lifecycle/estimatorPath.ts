import { join } from 'node:path';

/** The estimator's worker: beside the engine's bundle, or its source where Node runs TypeScript. */
export const estimatorPath: string = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '../../estimator/worker.ts')
  : join(import.meta.dirname, 'estimator.js');
