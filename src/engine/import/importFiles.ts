import { open } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import { parseTimestamp } from '../../core/time/time.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Log } from '../lifecycle/log.ts';
import type { Cursor, Cursors } from './cursors.ts';
import { readFileHere } from './fileReader.ts';
import type { FoundFile } from './findTranscripts.ts';
import type { FileVisitor } from './importLines.ts';
import { startReaderThread } from './readerThread.ts';
import { type ImportCounts, type ImportSink, RecordBatch } from './recordBatch.ts';

/** How far an import is. */
export interface ImportProgress extends ImportCounts {
  /** The agent whose file is being read. */
  readonly agent: TranscriptAgent;
  /** Changed files that were read, of all changed ones. */
  readonly filesRead: number;
  readonly filesToRead: number;
  readonly bytesRead: number;
  readonly bytesToRead: number;
}

export interface FilesImport {
  readonly cursors: Cursors;
  readonly counts: ImportCounts;
  /** Where a record belongs. */
  readonly sinkFor: (record: UsageRecord) => ImportSink;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
  /** Called after each piece that was read. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** At most so often cursors are stored while it goes on, ms. */
  readonly saveMs: number;
  /** Where storing a record does not make it durable: what does, before cursors are stored. Throws `StorageError`. */
  readonly makeDurable?: (() => Promise<void>) | undefined;
  /** From so many bytes on, a thread of its own reads them; {@link threadFromBytes} when left out. */
  readonly threadFromBytes?: number;
}

/** Less is read before a thread has started. */
const threadFromBytes = 8 * 1024 * 1024;

/**
 * Reads what is new in these files. Sessions are read in the order in which they began, so that what a fork copied stays with the
 * session that wrote it first. A cursor moves only when the records before it are durable. Throws `StorageError`, and the signal's reason
 * when cancelled; what was stored until then stays.
 */
export async function importFiles(files: readonly FoundFile[], options: FilesImport): Promise<void> {
  const { cursors, counts, signal, log, saveMs } = options;
  const changed = await inOrder(files, path => cursors.get(path) !== undefined);
  const batch = new RecordBatch(options.sinkFor, counts);
  const bytesToRead = changed.reduce((sum, { size, path }) => sum + size - (cursors.get(path)?.offset ?? 0), 0);
  const pending = new Map<string, Cursor>();
  const thread =
    bytesToRead >= (options.threadFromBytes ?? threadFromBytes) ? startReaderThread(changed, cursors.get) : null;
  const read = thread?.read ?? readFileHere;
  let bytesRead = 0;
  let filesRead = 0;

  async function settle(): Promise<void> {
    await batch.flush();
    for (const [path, cursor] of pending) {
      cursors.set(path, cursor);
    }
    pending.clear();
    await cursors.save(saveMs, options.makeDurable);
  }

  /** Tells how far it is, and gives others their turn. */
  async function goOn({ agent }: FoundFile): Promise<void> {
    const filesToRead = changed.length;
    options.onProgress?.({ ...counts, agent, filesRead, filesToRead, bytesRead, bytesToRead });
    await breathe();
  }

  try {
    for (const file of changed) {
      signal?.throwIfAborted();
      batch.nextFile();
      const visitor: FileVisitor = {
        onRecord: record => batch.add(record),
        onSkipped: () => {
          counts.skipped += 1;
        },
        onPiece: async (readCursor, bytes) => {
          bytesRead += bytes;
          if (batch.isFull) {
            pending.set(file.path, await readCursor());
            await settle();
          }
          await goOn(file);
          if (signal?.aborted) {
            pending.set(file.path, await readCursor());
            throw signal.reason;
          }
        },
        onEnd: async cursor => {
          pending.set(file.path, cursor);
          if (cursor.offset === null) {
            bytesRead += file.size;
          }
          if (batch.isFull) {
            await settle();
          }
          await goOn(file);
          signal?.throwIfAborted();
        },
      };
      await read(file, cursors.get(file.path), visitor).catch((error: unknown) => {
        if (signal?.aborted || !isFileError(error)) {
          throw error;
        }
        counts.skipped += 1;
        log('warn', `Import: ${file.path} could not be read: ${error.message}`);
      });
      filesRead += 1;
    }
  } finally {
    await thread?.close();
    await settle();
  }
}

/** The system's, zlib's and SQLite's errors concern the file; a `StorageError` concerns the ledger. */
function isFileError(error: unknown): error is Error {
  const isNamed = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return isNamed && error.name !== 'StorageError' && error.name !== 'AbortError';
}

/** So many files are open at once to see when they begin. */
const headsAtOnce = 32;

/** Files known before go first; then by the time of the first line, which a fork copies, and by when the file was made. */
async function inOrder(files: readonly FoundFile[], isKnown: (path: string) => boolean): Promise<FoundFile[]> {
  const keyed: { file: FoundFile; first: number; made: number }[] = [];
  const key = async (file: FoundFile) => {
    const made = Math.min(file.bornMs, file.mtimeMs);
    return { file, made, first: isKnown(file.path) ? 0 : ((await readFirstTime(file)) ?? made) };
  };
  for (let from = 0; from < files.length; from += headsAtOnce) {
    keyed.push(...(await Promise.all(files.slice(from, from + headsAtOnce).map(key))));
  }
  keyed.sort((a, b) => a.first - b.first || a.made - b.made || (a.file.path < b.file.path ? -1 : 1));
  return keyed.map(({ file }) => file);
}

/** The first time that a file of lines names. */
async function readFirstTime(file: FoundFile): Promise<number | null> {
  if (!file.path.endsWith('.jsonl')) {
    return null;
  }
  const handle = await open(file.path, 'r').catch(() => null);
  try {
    const { buffer, bytesRead } = (await handle?.read(Buffer.alloc(4096), 0, 4096, 0)) ?? {
      buffer: Buffer.alloc(0),
      bytesRead: 0,
    };
    const head = buffer.toString('latin1', 0, bytesRead);
    return parseTimestamp(/"timestamp"\s*:\s*"([^"]+)"/.exec(head)?.[1]);
  } catch {
    return null;
  } finally {
    await handle?.close();
  }
}
