import { Transform } from 'node:stream';
import zlib from 'node:zlib';

/** Decodes zstd of any number of frames, as it comes: Node's own decoder stops after the first (RFC 8878 §3). */
export function createZstdFrames(): Transform {
  let frame = start();
  const frames = new Transform({
    transform: (chunk: Buffer, _encoding, done) => feed(chunk, done),
    flush: done => {
      frame.once('close', () => done());
      frame.end();
    },
    destroy: (error, done) => {
      frame.destroy();
      done(error);
    },
  });

  function start(): zlib.ZstdDecompress {
    const next = zlib.createZstdDecompress({ finishFlush: zlib.constants.ZSTD_e_flush });
    next.on('data', (bytes: Buffer) => frames.push(bytes));
    next.on('error', error => frames.destroy(error));
    return next;
  }

  function feed(bytes: Buffer, done: () => void): void {
    const current = frame;
    const before = current.bytesWritten;
    current.write(bytes, () => {
      const rest = bytes.subarray(current.bytesWritten - before);
      if (rest.length === 0) {
        done();
        return;
      }
      // The frame is over, and the next one begins.
      const goOn = () => {
        frame = start();
        feed(rest, done);
      };
      if (current.readableEnded) {
        goOn();
      } else {
        current.once('end', goOn);
      }
    });
  }
  return frames;
}
