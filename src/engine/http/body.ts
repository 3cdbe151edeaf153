import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { createBodyRoom } from './bodyRoom.ts';
import { HttpProblem } from './problem.ts';

/** Bound of a body, both as sent and decoded. Bytes. */
export const maxBodyBytes = 16 * 1024 * 1024;

const room = createBodyRoom();

/** More codings than anyone stacks; each is a pass over the body. */
const maxCodings = 3;

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const inflate: Decode = promisify(zlib.inflate);
const inflateRaw: Decode = promisify(zlib.inflateRaw);
const gunzip: Decode = promisify(zlib.gunzip);

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // Meant to have zlib's wrapper (RFC 9110 §8.4.1.2), which some senders leave out: its first byte tells.
  deflate: (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(bytes, options),
  br: promisify(zlib.brotliDecompress),
  // Node has it from 22.15 on.
  ...(typeof zlib.zstdDecompress === 'function' && { zstd: decodeZstd }),
};

/**
 * The body of a request, decoded. Throws `HttpProblem`: 413 when it is longer than the bound, 415 for an encoding nobody
 * knows, 400 when it can't be decoded or breaks off, 429 when too much is being sent at once.
 */
export async function readBody(request: IncomingMessage, maxBytes = maxBodyBytes): Promise<Buffer> {
  const codings = parseCodings(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    throw tooLarge(maxBytes);
  }
  let bytes = await collect(request, maxBytes);
  for (const coding of codings.reverse()) {
    bytes = await decode(bytes, coding, maxBytes);
    room.take(request, bytes.length);
  }
  return bytes;
}

/** Bytes as text. Those that are not UTF-8 become U+FFFD: counts matter more than a broken letter in a prompt. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function parseCodings(header: string | undefined): string[] {
  const codings = (header ?? '')
    .split(',')
    .map(coding => coding.trim().toLowerCase())
    .filter(coding => coding !== '' && coding !== 'identity');
  const unknown = codings.find(coding => !Object.hasOwn(decoders, coding));
  if (unknown !== undefined || codings.length > maxCodings) {
    throw new HttpProblem(415, `Content-Encoding "${unknown ?? header}" is not supported.`, {
      field: 'content-encoding',
      headers: { 'accept-encoding': ['gzip', 'deflate', 'br', 'zstd'].filter(name => name in decoders).join(', ') },
    });
  }
  return codings;
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (problem: HttpProblem) => {
      request.off('data', onData);
      chunks.length = 0;
      reject(problem);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        stop(tooLarge(maxBytes));
        return;
      }
      try {
        room.take(request, chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stop(error as HttpProblem);
      }
    };
    const breakOff = () => stop(new HttpProblem(400, 'The body broke off.', { field: 'body' }));
    request.on('data', onData);
    request.once('end', () => {
      // Every request closes in the end; making an error for each would cost more than reading it.
      request.off('close', breakOff);
      resolve(Buffer.concat(chunks));
    });
    request.once('error', breakOff);
    request.once('close', breakOff);
  });
}

/** Node decodes the first frame only, but a body may have several (RFC 8878 §3): each flush of some encoders begins one. */
async function decodeZstd(bytes: Buffer, { maxOutputLength }: { maxOutputLength: number }): Promise<Buffer> {
  const frames: Buffer[] = [];
  let room = maxOutputLength;
  for (let at = 0; at < bytes.length || at === 0; ) {
    const { frame, length } = await decodeFrame(bytes.subarray(at), room);
    frames.push(frame);
    room -= frame.length;
    at += Math.max(1, length);
  }
  return Buffer.concat(frames);
}

/** The first frame's content, and its length as sent. */
function decodeFrame(bytes: Buffer, room: number): Promise<{ readonly frame: Buffer; readonly length: number }> {
  return new Promise((resolve, reject) => {
    // Types don't know what `info` changes. A room of 0 is not one that Node takes.
    const options = { maxOutputLength: Math.max(1, room), info: true };
    zlib.zstdDecompress(bytes, options, (error, result: unknown) => {
      const { buffer, engine } = (result ?? {}) as { buffer: Buffer; engine: { bytesWritten: number } };
      if (error) {
        reject(error);
      } else {
        resolve({ frame: buffer, length: engine.bytesWritten });
      }
    });
  });
}

async function decode(bytes: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  try {
    return (await decoders[coding]?.(bytes, { maxOutputLength: maxBytes })) ?? bytes;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(maxBytes)
      : new HttpProblem(400, `The body is not valid ${coding}.`, { field: 'content-encoding' });
  }
}

function tooLarge(maxBytes: number): HttpProblem {
  return new HttpProblem(413, `The body is longer than ${maxBytes / 1024 / 1024} MiB, as sent or decoded.`, {
    field: 'body',
  });
}
