import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createZstdDecompress } from 'node:zlib';
import { UsageError } from '../../capture/json.ts';
import type { LineFormat, LineParser, TranscriptPlace } from '../../capture/transcripts/transcript.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Cursor } from './cursors.ts';
import type { FoundFile } from './findTranscripts.ts';
import { LineSplitter } from './lineSplitter.ts';

/** What a file's reader does with what it finds. */
export interface FileVisitor {
  onRecord(record: UsageRecord): void;
  onSkipped(): void;
  /** Between two pieces: everything up to `readCursor` was told. Resolves when the reader may go on. */
  onPiece(readCursor: () => Promise<Cursor>, bytes: number): Promise<void>;
  /** The file was read to its end. */
  onEnd(cursor: Cursor): Promise<void>;
}

const pieceSize = 1024 * 1024;
/** So many bytes before the cursor are compared. */
const tailSize = 512;

/** Reads the lines of a file that are new since the cursor, piece by piece; a file that is another one now, from its start. */
export async function importLines(
  file: FoundFile,
  format: LineFormat,
  place: TranscriptPlace,
  cursor: Cursor | undefined,
  visitor: FileVisitor,
): Promise<void> {
  const handle = await open(file.path, 'r');
  try {
    const known = cursor && (await isContinued(handle, file, cursor)) ? cursor : undefined;
    const lines = new LineImport(file, format, place, known, visitor);
    for await (const piece of readAhead(handle, lines.offset, file.size)) {
      lines.push(piece);
      await visitor.onPiece(() => lines.cursorIn(handle, -1), piece.length);
    }
    lines.readRest();
    await visitor.onEnd(await lines.cursorIn(handle, file.size));
  } finally {
    await handle.close();
  }
}

/** The bytes of a file from a position on, in pieces that hold until the next is taken; while one is worked on, the next is read. */
async function* readAhead(handle: FileHandle, from: number, fileSize: number): AsyncGenerator<Buffer> {
  // What a small file needs, and a byte to see its end by.
  const size = Math.min(pieceSize, Math.max(4096, fileSize - from + 1));
  const buffers = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)] as const;
  const read = (turn: number, position: number) => handle.read(buffers[turn % 2] ?? buffers[0], 0, size, position);
  let next = read(0, from);
  try {
    for (let turn = 0, position = from; ; turn += 1) {
      const { buffer, bytesRead } = await next;
      if (bytesRead === 0) {
        return;
      }
      position += bytesRead;
      next = read(turn + 1, position);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    // The file must not be closed under a read.
    await next.catch(() => undefined);
  }
}

/** Reads a compressed file, always from its start. */
export async function importCompressedLines(
  file: FoundFile,
  format: LineFormat,
  place: TranscriptPlace,
  visitor: FileVisitor,
): Promise<void> {
  const lines = new LineImport(file, format, place, undefined, visitor);
  const { agent, size, mtimeMs, inode } = file;
  const unfinished: Cursor = { agent, size: -1, mtimeMs, inode, offset: null, tail: 0, state: null };
  const source = createReadStream(file.path);
  const decoder = createZstdDecompress();
  source.on('error', error => decoder.destroy(error));
  try {
    for await (const piece of source.pipe(decoder)) {
      lines.push(piece);
      await visitor.onPiece(async () => unfinished, 0);
    }
  } finally {
    source.destroy();
  }
  lines.readRest();
  await visitor.onEnd({ ...unfinished, size });
}

/** Whether what was read is still there, unchanged, before what is new. */
async function isContinued(handle: FileHandle, file: FoundFile, cursor: Cursor): Promise<boolean> {
  if (cursor.offset === null || cursor.inode !== file.inode || cursor.offset > file.size || cursor.size === file.size) {
    return false;
  }
  return (await checkTail(handle, cursor.offset)) === cursor.tail;
}

async function checkTail(handle: FileHandle, offset: number): Promise<number> {
  const size = Math.min(tailSize, offset);
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, offset - size);
  return crc32(bytes.subarray(0, bytesRead));
}

/** A parser at work on a file. */
class LineImport {
  readonly #file: FoundFile;
  readonly #start: number;
  readonly #parser: LineParser;
  readonly #splitter: LineSplitter;
  readonly #visitor: FileVisitor;
  /** The state before an unfinished last line, once that was read. */
  #settled: { readonly state: unknown } | null = null;

  constructor(
    file: FoundFile,
    format: LineFormat,
    place: TranscriptPlace,
    cursor: Cursor | undefined,
    visitor: FileVisitor,
  ) {
    this.#file = file;
    this.#start = cursor?.offset ?? 0;
    this.#parser = format.create(place, cursor?.state);
    this.#visitor = visitor;
    this.#splitter = new LineSplitter(
      {
        markers: format.markers,
        isSilent: format.isSilent,
        onLine: text => this.#read(text),
        onDamaged: () => visitor.onSkipped(),
      },
      this.#start === 0,
    );
  }

  /** Bytes of the file's complete lines that were read. */
  get offset(): number {
    return this.#start + this.#splitter.consumed;
  }

  push(piece: Buffer): void {
    this.#splitter.push(piece);
  }

  /** A last line that only lacks its end is read, but the cursor stays before it: reading it again is harmless. */
  readRest(): void {
    const { rest } = this.#splitter;
    if (rest.startsWith('{') && rest.endsWith('}')) {
      this.#settled = { state: structuredClone(this.#parser.state) };
      this.#tell(rest, () => undefined);
    }
  }

  /** Where the file was read up to; `size` is the file's once it was read to its end, else -1. */
  async cursorIn(handle: FileHandle, size: number): Promise<Cursor> {
    const { agent, mtimeMs, inode } = this.#file;
    const { offset } = this;
    const state = structuredClone((this.#settled ?? this.#parser).state);
    return { agent, size, mtimeMs, inode, offset, tail: await checkTail(handle, offset), state };
  }

  #read(text: string): void {
    this.#tell(text, this.#visitor.onSkipped);
  }

  #tell(text: string, onDamaged: () => void): void {
    try {
      for (const record of this.#parser.push(text)) {
        this.#visitor.onRecord(record);
      }
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof SyntaxError)) {
        throw error;
      }
      onDamaged();
    }
  }
}
