import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { createZstdFrames } from './zstdFrames.ts';

/** A copy of a body, decoded as it comes. */
export interface DecodedCopy {
  push(bytes: Buffer): void;
  /** Decodes no further until `resume`: for what is decoded to be passed on, to somebody who is slower. */
  pause(): void;
  resume(): void;
  /** Nothing more comes; resolves when all was decoded. What breaks off is decoded as far as it goes. */
  finish(): Promise<void>;
}

export interface DecodedCopyOptions {
  /** The header `Content-Encoding`. */
  readonly encoding: string | undefined;
  readonly onBytes: (bytes: Buffer) => void;
  /** The copy ends here; the body itself goes on. */
  readonly onError: (reason: string) => void;
}

/** A copy that lags this far behind is given up, so that memory stays bounded. Bytes. */
const longestLag = 32 * 1024 * 1024;

const flushZlib = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
const flushBrotli = { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH };

const decoders: Readonly<Record<string, (first: number) => Transform>> = {
  gzip: () => zlib.createGunzip(flushZlib),
  'x-gzip': () => zlib.createGunzip(flushZlib),
  // Some senders leave zlib's wrapper out (RFC 9110 §8.4.1.2): the first byte tells.
  deflate: first => (first % 16 === 8 ? zlib.createInflate(flushZlib) : zlib.createInflateRaw(flushZlib)),
  br: () => zlib.createBrotliDecompress(flushBrotli),
  // Node has it from 22.15 on.
  ...(typeof zlib.createZstdDecompress === 'function' && { zstd: createZstdFrames }),
};

/** The codings of a header, in the order to take them off; null when there is one that nobody here knows. */
export function listCodings(encoding: string | undefined): string[] | null {
  const codings = (encoding ?? '').split(',').map(coding => coding.trim().toLowerCase());
  const given = codings.filter(coding => coding !== '' && coding !== 'identity').reverse();
  return given.every(coding => Object.hasOwn(decoders, coding)) && given.length <= 3 ? given : null;
}

/** A copy of a body with this encoding. Never throws: what `onBytes` throws ends the copy. */
export function createDecodedCopy({ encoding, onBytes, onError }: DecodedCopyOptions): DecodedCopy {
  const codings = listCodings(encoding);
  let isOver = codings === null;
  let chain: readonly Transform[] | null = null;
  let ended: Promise<void> = Promise.resolve();

  function fail(reason: string): void {
    if (!isOver) {
      isOver = true;
      for (const stream of chain ?? []) {
        stream.destroy();
      }
      onError(reason);
    }
  }

  function take(bytes: Buffer): void {
    try {
      if (!isOver) {
        onBytes(bytes);
      }
    } catch (error) {
      fail(error instanceof Error ? error.name : 'unknown error');
    }
  }

  function start(names: readonly string[], first: number): readonly Transform[] {
    const streams = names.map(name => (decoders[name] as (first: number) => Transform)(first));
    streams.forEach((stream, index) => {
      stream.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
      const next = streams[index + 1];
      if (next) {
        stream.pipe(next);
      }
    });
    const last = streams.at(-1) as Transform;
    last.on('data', take);
    ended = new Promise(resolve => last.once('close', resolve));
    return streams;
  }

  if (codings === null) {
    onError(`unknown encoding ${(encoding ?? '').slice(0, 40)}`);
  }
  return {
    push(bytes) {
      if (isOver || bytes.length === 0) {
        return;
      }
      if (codings === null || codings.length === 0) {
        take(bytes);
        return;
      }
      chain ??= start(codings, bytes[0] ?? 0);
      const head = chain[0] as Transform;
      if (head.writableLength > longestLag) {
        fail('it could not be decoded fast enough');
      } else if (head.writable) {
        head.write(bytes);
      }
    },
    pause: () => void chain?.at(-1)?.pause(),
    resume: () => void chain?.at(-1)?.resume(),
    finish() {
      chain?.[0]?.end();
      return ended;
    },
  };
}
