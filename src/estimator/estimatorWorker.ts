import { Worker } from 'node:worker_threads';
import type { PromptSource } from './promptDocument.ts';
import type { CountAnswer, CountRequest, PromptCounts } from './protocol.ts';

/** UTF-16 units of text that are accepted; ten times the largest context window there is. */
export const longestText = 50_000_000;

export interface EstimatorOptions {
  /** The worker's file: `dist/estimator.js`, or `src/estimator/worker.ts` where Node runs TypeScript. */
  readonly workerPath: string;
  /** The worker ends after this many ms without a request, so that its memory goes back. Default: a minute. */
  readonly idleMs?: number;
  /** A cancelled count that has not stopped after this many ms is ended with its worker. Default: 500. */
  readonly graceMs?: number;
}

/** Counts prompts in a worker thread that is started when needed. One request is under way at a time, the others wait. */
export interface Estimator {
  /**
   * Takes the prompt apart and counts it for the models. Rejects with the signal's reason as soon as it is aborted, and with an
   * Error fit for the user when the text is too long or the worker fails; the next call then starts a new worker.
   */
  count(source: PromptSource, models: readonly string[], signal?: AbortSignal): Promise<PromptCounts>;
  /** Ends the worker and rejects what is waiting. */
  dispose(): Promise<void>;
}

interface Job {
  readonly request: CountRequest;
  readonly resolve: (counts: PromptCounts) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

/** Makes an estimator; nothing runs before the first `count`. */
export function createEstimator({ workerPath, idleMs = 60_000, graceMs = 500 }: EstimatorOptions): Estimator {
  const waiting: Job[] = [];
  let running: Job | null = null;
  let worker: Worker | null = null;
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let isDisposed = false;

  function startWorker(): Worker {
    const started = new Worker(workerPath, { execArgv: [], name: 'spend-lens-estimator' });
    const isCurrent = (): boolean => worker === started;
    started.on('message', (answer: CountAnswer) => isCurrent() && settle(answer));
    started.on('error', error => isCurrent() && fail(error.message));
    started.on('exit', code => isCurrent() && fail(`the worker ended with code ${code}`));
    return started;
  }

  /** Gives the worker the next request, or lets it go after a while. */
  function next(): void {
    clearTimeout(timer);
    running = waiting.shift() ?? null;
    if (!running) {
      worker?.unref();
      timer = setTimeout(endWorker, idleMs).unref();
      return;
    }
    try {
      worker ??= startWorker();
      worker.ref();
      worker.postMessage(running.request);
    } catch (error) {
      fail(error instanceof Error ? error.message : 'the worker could not be started');
    }
  }

  function endWorker(): Promise<number> | undefined {
    const ended = worker;
    worker = null;
    return ended?.terminate();
  }

  function settle(answer: CountAnswer): void {
    const job = running;
    if (answer.id !== job?.request.id) {
      return;
    }
    job.signal?.removeEventListener('abort', job.onAbort);
    if (answer.kind === 'counts') {
      job.resolve(answer.counts);
    } else if (answer.kind === 'error') {
      job.reject(failure(answer.message));
    }
    next();
  }

  /** The worker is gone or useless: ends the request it had and goes on with a new one. */
  function fail(reason: string): void {
    const job = running;
    void endWorker();
    job?.signal?.removeEventListener('abort', job.onAbort);
    job?.reject(failure(reason));
    next();
  }

  function cancel(job: Job): void {
    job.reject(job.signal?.reason);
    const index = waiting.indexOf(job);
    if (index >= 0) {
      waiting.splice(index, 1);
    } else if (job === running) {
      Atomics.store(job.request.cancelled, 0, 1);
      clearTimeout(timer);
      timer = setTimeout(() => job === running && fail('cancelled'), graceMs).unref();
    }
  }

  return {
    count(source, models, signal) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        if (isDisposed) {
          throw failure('the estimator has been closed');
        }
        if (source.text.length > longestText) {
          const millions = (source.text.length / 1e6).toFixed(1);
          throw new Error(
            `The text has ${millions} million characters; up to ${longestText / 1e6} million can be estimated. Select a part of it.`,
          );
        }
        lastId += 1;
        const cancelled = new Int32Array(new SharedArrayBuffer(4));
        const request = { id: lastId, source, models, cancelled };
        const job: Job = { request, resolve, reject, signal, onAbort: () => cancel(job) };
        signal?.addEventListener('abort', job.onAbort, { once: true });
        waiting.push(job);
        if (!running) {
          next();
        }
      });
    },
    async dispose() {
      isDisposed = true;
      const jobs = [...(running ? [running] : []), ...waiting.splice(0)];
      running = null;
      clearTimeout(timer);
      for (const job of jobs) {
        job.signal?.removeEventListener('abort', job.onAbort);
        job.reject(failure('the estimator has been closed'));
      }
      await endWorker();
    },
  };
}

function failure(reason: string): Error {
  return new Error(`Counting tokens failed: ${reason}. Try again; if it goes on, report it with "Copy Diagnostics".`);
}
