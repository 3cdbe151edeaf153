import { Worker } from 'node:worker_threads';
import type { PromptSource } from './documents/promptDocument.ts';
import type { CountAnswer, CountRequest, CountSubject, PromptCounts, TextChange, WorkerMessage } from './protocol.ts';

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
  count(source: PromptSource, models: readonly string[], options?: CountOptions): Promise<PromptCounts>;
  /**
   * A prompt that is being written: the worker is sent its changes only. `read` gives it whole, whenever a worker lacks it; `measure` its
   * UTF-16 units as of now, by which a change that nobody told is found.
   */
  keep(read: () => PromptSource, measure?: () => number): KeptPrompt;
  /** Ends the worker and rejects what is waiting. */
  dispose(): Promise<void>;
}

export interface CountOptions {
  readonly signal?: AbortSignal | undefined;
  /** Also gives the hash of the texts. */
  readonly isHashed?: boolean;
}

/** A prompt that the worker keeps. */
export interface KeptPrompt {
  /** Tells what was changed. To be called for every change, in order. */
  edit(changes: readonly TextChange[]): void;
  /** As `Estimator.count`, for the text as it is now. */
  count(models: readonly string[], options?: CountOptions): Promise<PromptCounts>;
  close(): void;
}

interface Job {
  readonly id: number;
  /** As of now: a kept prompt may be edited while it waits for its turn. */
  readonly toRequest: () => CountRequest;
  readonly cancelled: Int32Array<SharedArrayBuffer>;
  readonly resolve: (counts: PromptCounts) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  /** Brings the document to the worker that lacks it; asked once. */
  resend: (() => void) | null;
}

/** Makes an estimator; nothing runs before the first `count`. */
export function createEstimator({ workerPath, idleMs = 60_000, graceMs = 500 }: EstimatorOptions): Estimator {
  const waiting: Job[] = [];
  let running: Job | null = null;
  let worker: Worker | null = null;
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let lastDocument = 0;
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
      worker.postMessage(running.toRequest());
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
    if (answer.id !== job?.id) {
      return;
    }
    if (answer.kind === 'unknown' && job.resend && !job.signal?.aborted) {
      const { resend } = job;
      job.resend = null;
      try {
        resend();
        post(job.toRequest());
        return;
      } catch (error) {
        job.reject(error);
      }
    }
    job.signal?.removeEventListener('abort', job.onAbort);
    if (answer.kind === 'counts') {
      job.resolve(answer.counts);
    } else if (answer.kind === 'error') {
      job.reject(failure(answer.message));
    } else if (answer.kind === 'unknown') {
      job.reject(failure('the text changed meanwhile'));
    }
    next();
  }

  function post(message: WorkerMessage): void {
    worker?.postMessage(message);
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
      Atomics.store(job.cancelled, 0, 1);
      clearTimeout(timer);
      timer = setTimeout(() => job === running && fail('cancelled'), graceMs).unref();
    }
  }

  function submit(
    toSubject: () => CountSubject,
    models: readonly string[],
    { signal, isHashed = false }: CountOptions,
    resend: Job['resend'],
  ): Promise<PromptCounts> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (isDisposed) {
        throw failure('the estimator has been closed');
      }
      lastId += 1;
      const id = lastId;
      const cancelled = new Int32Array(new SharedArrayBuffer(4));
      const toRequest = (): CountRequest => ({ kind: 'count', id, subject: toSubject(), models, isHashed, cancelled });
      const job: Job = { id, toRequest, cancelled, resolve, reject, signal, onAbort: () => cancel(job), resend };
      signal?.addEventListener('abort', job.onAbort, { once: true });
      waiting.push(job);
      if (!running) {
        next();
      }
    });
  }

  function keep(read: () => PromptSource, measure?: () => number): KeptPrompt {
    lastDocument += 1;
    const document = lastDocument;
    /** UTF-16 units that the worker has; -1 before it has any. */
    let length = -1;
    const open = (): void => {
      const source = read();
      requireLength(source.text.length);
      length = source.text.length;
      post({ kind: 'open', document, source });
    };
    return {
      edit(changes) {
        length += length < 0 ? 0 : changes.reduce((sum, change) => sum + change.text.length - change.length, 0);
        post({ kind: 'edit', document, changes });
      },
      count: (models, options = {}) =>
        submit(
          () => {
            length = measure && measure() !== length ? -1 : length;
            return { document, length };
          },
          models,
          options,
          open,
        ),
      close: () => post({ kind: 'close', document }),
    };
  }

  return {
    async count(source, models, options = {}) {
      requireLength(source.text.length);
      return submit(() => ({ source }), models, options, null);
    },
    keep,
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

function requireLength(length: number): void {
  if (length > longestText) {
    const millions = (length / 1e6).toFixed(1);
    throw new Error(
      `The text has ${millions} million characters; up to ${longestText / 1e6} million can be estimated. Select a part of it.`,
    );
  }
}

function failure(reason: string): Error {
  return new Error(`Counting tokens failed: ${reason}. Try again; if it goes on, report it with "Copy Diagnostics".`);
}
