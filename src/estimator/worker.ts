/** Entry of the worker thread: answers each `CountRequest` with one `CountAnswer`. Bundled as `dist/estimator.js`. */
import { parentPort } from 'node:worker_threads';
import { countPrompt } from './countPrompt.ts';
import type { CountAnswer, CountRequest } from './protocol.ts';

async function answer({ id, source, models, cancelled }: CountRequest): Promise<CountAnswer> {
  try {
    const counts = await countPrompt(source, models, () => Atomics.load(cancelled, 0) === 1);
    return counts ? { id, kind: 'counts', counts } : { id, kind: 'cancelled' };
  } catch (error) {
    return { id, kind: 'error', message: error instanceof Error ? error.message : 'unknown error' };
  }
}

parentPort?.on('message', (request: CountRequest) => {
  void answer(request).then(message => parentPort?.postMessage(message));
});
