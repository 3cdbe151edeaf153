import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../lifecycle/log.ts';
import { createDecodedCopy, listCodings } from './decodedCopy.ts';
import { forwardAnswerHeaders, forwardTrailers } from './forwardedHeaders.ts';
import { createLaterCopy } from './laterCopy.ts';
import type { Recorder } from './recorder.ts';
import { createUsageChunkFilter } from './usageChunkFilter.ts';

export interface AnswerForwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: IncomingMessage;
  readonly recorder: Recorder;
  /** The usage was asked for in the client's name, so that its chunk must be taken out again. */
  readonly isSpliced: boolean;
  readonly log: Log;
}

/** An answer that is over, whoever ended it. */
export interface ForwardedAnswer {
  /** Whether it came to its end. */
  readonly isWhole: boolean;
  /** Gives the recorder what it has not read yet; resolves when that is all. Never rejects. */
  readCopy(): Promise<void>;
}

/** Passes an answer on, chunk by chunk as it comes; resolves when it is over. */
export async function forwardAnswer(forwarding: AnswerForwarding): Promise<ForwardedAnswer> {
  const { request, response, answer, recorder, isSpliced, log } = forwarding;
  const encoding = answer.headers['content-encoding'];
  const isEventStream = /^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '');
  const isFiltered = isSpliced && isEventStream && listCodings(encoding) !== null;
  const isEncoded = (listCodings(encoding)?.length ?? 0) > 0;
  const canTrail = answer.headers['transfer-encoding'] !== undefined && request.httpVersion !== '1.0';
  response.sendDate = false;
  response.writeHead(
    answer.statusCode ?? 502,
    answer.statusMessage,
    forwardAnswerHeaders(answer.rawHeaders, isFiltered, canTrail),
  );
  // The head goes with the first chunk when that is there already, else at once.
  setImmediate(() => response.flushHeaders());

  const write = (bytes: Buffer): void => {
    if (bytes.length > 0 && !response.write(bytes)) {
      answer.pause();
    }
  };
  response.on('drain', () => answer.resume());

  if (!isFiltered) {
    const copy = createAnswerCopy(encoding, recorder, log);
    answer.on('data', (chunk: Buffer) => {
      write(chunk);
      copy.push(chunk);
    });
    const isWhole = await awaitEnd(answer, response);
    end(isWhole);
    return { isWhole, readCopy: copy.read };
  }

  const filter = createUsageChunkFilter();
  const copy = createAnswerCopy(undefined, recorder, log);
  const decoded = createDecodedCopy({
    encoding,
    onBytes: bytes => {
      write(filter.push(bytes));
      if (response.writableNeedDrain) {
        // What is decoded may be a thousand times what came.
        decoded.pause();
      }
      copy.push(bytes);
    },
    onError: reason => {
      log('warn', `Gateway: an answer in ${isEncoded ? encoding : 'plain text'} could not be decoded: ${reason}.`);
      response.destroy();
    },
  });
  response.on('drain', decoded.resume);
  // Who has left takes nothing more, and must not hold up the end.
  response.once('close', decoded.resume);
  answer.on('data', decoded.push);
  const isWhole = await awaitEnd(answer, response);
  await decoded.finish();
  if (isWhole && !response.destroyed) {
    write(filter.finish());
  }
  end(isWhole);
  return { isWhole, readCopy: copy.read };

  function end(isWhole: boolean): void {
    if (!isWhole) {
      // The client must not take a part for the whole.
      response.destroy();
      return;
    }
    const trailers = canTrail ? forwardTrailers(answer.rawTrailers) : [];
    if (trailers.length > 0) {
      response.addTrailers(trailers);
    }
    response.end();
  }
}

/** Outside the function above, so that what waits to be read does not hold the answer and whoever got it. */
function createAnswerCopy(encoding: string | undefined, recorder: Recorder, log: Log) {
  const copy = createDecodedCopy({
    encoding,
    onBytes: recorder.onAnswerBytes,
    onError: reason => {
      recorder.lose();
      log('warn', `Gateway: an answer could not be read for usage: ${reason}.`);
    },
  });
  const later = createLaterCopy(copy.push);
  return {
    push: later.push,
    read: () => {
      later.flush();
      return copy.finish();
    },
  };
}

/** Whether the answer came to its end; false when it broke off or the client left. */
function awaitEnd(answer: IncomingMessage, response: ServerResponse): Promise<boolean> {
  return new Promise(resolve => {
    const onLeft = () => {
      answer.destroy();
      resolve(false);
    };
    answer.once('end', () => resolve(answer.complete));
    answer.once('error', () => resolve(false));
    answer.once('close', () => resolve(answer.complete && answer.readableEnded));
    response.once('close', onLeft);
    if (response.destroyed) {
      onLeft();
    }
  });
}
