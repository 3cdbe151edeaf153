/** Entry of the worker thread: answers each `CountRequest` with one `CountAnswer`. Bundled as `dist/estimator.js`. */
import { parentPort } from 'node:worker_threads';
import { countPrompt } from './countPrompt.ts';
import { type KeptDocument, keepDocument } from './keptDocument.ts';
import type { CountAnswer, CountRequest, WorkerMessage } from './protocol.ts';

const documents = new Map<number, KeptDocument>();

async function answer({ id, subject, models, isHashed, cancelled }: CountRequest): Promise<CountAnswer> {
  const shouldStop = () => Atomics.load(cancelled, 0) === 1;
  try {
    if ('source' in subject) {
      return toAnswer(id, await countPrompt(subject.source, models, { shouldStop, isHashed }));
    }
    const document = documents.get(subject.document);
    // A change got lost when another worker took over: the client has the text.
    if (document?.length !== subject.length) {
      return { id, kind: 'unknown' };
    }
    return toAnswer(id, await document.count(models, isHashed, shouldStop));
  } catch (error) {
    return { id, kind: 'error', message: error instanceof Error ? error.message : 'unknown error' };
  }
}

function toAnswer(id: number, counts: Awaited<ReturnType<typeof countPrompt>>): CountAnswer {
  return counts ? { id, kind: 'counts', counts } : { id, kind: 'cancelled' };
}

parentPort?.on('message', (message: WorkerMessage) => {
  switch (message.kind) {
    case 'count':
      void answer(message).then(result => parentPort?.postMessage(result));
      break;
    case 'open':
      documents.set(message.document, keepDocument(message.source));
      break;
    case 'edit':
      documents.get(message.document)?.edit(message.changes);
      break;
    case 'close':
      documents.delete(message.document);
      break;
  }
});
