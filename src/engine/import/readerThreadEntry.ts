/** Entry of the thread that reads transcripts (readerThread.ts). Bundled as `dist/transcripts.js`. */
import { parentPort } from 'node:worker_threads';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { mergeRecords } from '../../ledger/joining/merge.ts';
import type { Cursor } from './cursors.ts';
import { readFileHere } from './fileReader.ts';
import type { FoundFile } from './findTranscripts.ts';
import type { ReaderAnswer, ReaderRequest } from './readerThread.ts';
import { packRecords } from './recordPacket.ts';

/** A piece is told when it has so many calls, or so many bytes were read. */
const pieceRecords = 500;
const pieceBytes = 1024 * 1024;
/** Pieces under way at most: beyond, reading waits until one was taken. */
const piecesAhead = 4;

type PieceEnd =
  | { readonly kind: 'piece'; readonly cursor: Cursor; readonly isEnd: boolean }
  | { readonly kind: 'error'; readonly message: string; readonly code: string | undefined };

const files: Extract<ReaderRequest, { kind: 'read' }>[] = [];
let isReading = false;
let isEnding = false;
let underWay = 0;
let proceed = (): void => undefined;

parentPort?.on('message', (request: ReaderRequest) => {
  if (request.kind === 'taken') {
    underWay -= 1;
    proceed();
  } else if (request.kind === 'end') {
    isEnding = true;
    files.length = 0;
    proceed();
    parentPort?.close();
  } else {
    files.push(request);
    void readAll();
  }
});

async function readAll(): Promise<void> {
  if (isReading) {
    return;
  }
  isReading = true;
  for (let next = files.shift(); next; next = files.shift()) {
    await read(next.file, next.cursor);
  }
  isReading = false;
}

async function read(file: FoundFile, since: Cursor | undefined): Promise<void> {
  // The lines that tell of one call follow each other.
  let calls = new Map<string | symbol, UsageRecord>();
  let skipped = 0;
  let bytes = 0;

  async function tell(what: PieceEnd): Promise<void> {
    while (underWay >= piecesAhead && !isEnding) {
      await new Promise<void>(resolve => {
        proceed = resolve;
      });
    }
    underWay += 1;
    const packet = packRecords(calls.values(), calls.size);
    const answer: ReaderAnswer = {
      ...what,
      packet,
      skipped,
      ...(what.kind === 'piece' ? { bytes } : {}),
    } as ReaderAnswer;
    parentPort?.postMessage(answer, [packet.numbers.buffer as ArrayBuffer]);
    calls = new Map();
    skipped = 0;
    bytes = 0;
  }

  try {
    await readFileHere(file, since, {
      onRecord: record => {
        const key = record.ids[0] ?? Symbol();
        const known = calls.get(key);
        calls.set(key, known ? mergeRecords(known, record) : record);
      },
      onSkipped: () => {
        skipped += 1;
      },
      onPiece: async (readCursor, size) => {
        if (isEnding) {
          throw new Error('Nobody waits for the rest.');
        }
        bytes += size;
        if (calls.size >= pieceRecords || bytes >= pieceBytes) {
          await tell({ kind: 'piece', cursor: await readCursor(), isEnd: false });
        }
      },
      onEnd: cursor => tell({ kind: 'piece', cursor, isEnd: true }),
    });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    await tell({ kind: 'error', message, code });
  }
}
