import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Cursor } from './cursors.ts';
import { type ReadFile, readFileHere } from './fileReader.ts';
import type { FoundFile } from './findTranscripts.ts';
import type { FileVisitor } from './importLines.ts';
import { findReader } from './readers.ts';
import { type RecordPacket, unpackRecords } from './recordPacket.ts';

/** What the thread is told: to read a file after those before it, that one of its pieces was taken, or to end. */
export type ReaderRequest =
  | { readonly kind: 'read'; readonly file: FoundFile; readonly cursor: Cursor | undefined }
  | { readonly kind: 'taken' }
  | { readonly kind: 'end' };

/** What the thread found, in order; the last of each file has its end or an error. */
export type ReaderAnswer =
  | {
      readonly kind: 'piece';
      readonly packet: RecordPacket;
      readonly skipped: number;
      /** Bytes read since the piece before. */
      readonly bytes: number;
      /** How far the file was read. */
      readonly cursor: Cursor;
      readonly isEnd: boolean;
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly code: string | undefined;
      /** What was found before. */
      readonly packet: RecordPacket;
      readonly skipped: number;
    };

/** So many files are asked for ahead. */
const filesAhead = 16;
/** How long it may take to end, ms. */
const graceMs = 1_000;
/** MB that the thread may take for new objects; nearly all of it is garbage. */
const youngMb = 12;

/** The thread's program: beside the engine's bundle, or its source where Node runs TypeScript. */
const entry: string = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, 'readerThreadEntry.ts')
  : join(import.meta.dirname, 'transcripts.js');

/** Files that are read and parsed in another thread, ahead of who stores what is in them. */
export interface ReaderThread {
  /** Reads one of the files. To be called for all of them, in their order. */
  readonly read: ReadFile;
  /** Ends the thread, whatever it does; nothing may be read any more. */
  close(): Promise<void>;
}

/** Starts reading files of lines in another thread; the others are read here. `cursorOf` tells how far a file was read before. */
export function startReaderThread(
  files: readonly FoundFile[],
  cursorOf: (path: string) => Cursor | undefined,
): ReaderThread {
  const worker = new Worker(entry, {
    execArgv: [],
    name: 'spend-lens-transcripts',
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
  const waiting = files.filter(isReadThere);
  const answers: ReaderAnswer[] = [];
  let failure: Error | null = null;
  let hasEnded = false;
  let wake = (): void => undefined;
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  worker.on('message', (answer: ReaderAnswer) => {
    answers.push(answer);
    wake();
  });
  worker.on('error', fail);
  worker.on('exit', () => {
    hasEnded = true;
    fail(new Error('The thread that reads transcripts ended.'));
  });

  function askNext(): void {
    const file = waiting.shift();
    if (file) {
      worker.postMessage({ kind: 'read', file, cursor: cursorOf(file.path) } satisfies ReaderRequest);
    }
  }

  async function nextAnswer(): Promise<ReaderAnswer> {
    while (answers.length === 0) {
      if (failure) {
        throw failure;
      }
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
    return answers.shift() as ReaderAnswer;
  }

  async function take(visitor: FileVisitor): Promise<void> {
    for (;;) {
      const answer = await nextAnswer();
      worker.postMessage({ kind: 'taken' } satisfies ReaderRequest);
      unpackRecords(answer.packet).forEach(visitor.onRecord);
      for (let count = 0; count < answer.skipped; count += 1) {
        visitor.onSkipped();
      }
      if (answer.kind === 'error') {
        throw Object.assign(new Error(answer.message), answer.code === undefined ? {} : { code: answer.code });
      }
      await visitor.onPiece(async () => answer.cursor, answer.bytes);
      if (answer.isEnd) {
        await visitor.onEnd(answer.cursor);
        return;
      }
    }
  }

  for (let count = 0; count < filesAhead; count += 1) {
    askNext();
  }
  return {
    read: async (file, cursor, visitor) => {
      if (!isReadThere(file)) {
        return readFileHere(file, cursor, visitor);
      }
      askNext();
      return take(visitor);
    },
    close: async () => {
      // It closes its file first, if it gets to it.
      const timer = setTimeout(() => void worker.terminate(), graceMs);
      worker.postMessage({ kind: 'end' } satisfies ReaderRequest);
      if (!hasEnded) {
        await once(worker, 'exit');
      }
      clearTimeout(timer);
    },
  };
}

function isReadThere({ agent, path }: FoundFile): boolean {
  return findReader(agent, path)?.kind === 'lines';
}
