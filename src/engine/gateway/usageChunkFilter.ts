import { asObject } from '../../capture/json.ts';

/** Takes what `include_usage` added out of a stream again; bytes in, bytes out. */
export interface UsageChunkFilter {
  /** The bytes that may go on now: whole events, and those of the next one once it is too long to be the chunk. */
  push(bytes: Buffer): Buffer;
  /** What is left at the end. */
  finish(): Buffer;
}

/** The usage chunk is short; a longer event is none. Bytes. */
const longestChunk = 64 * 1024;

/** A filter for one event stream. Holds back at most the event that is not complete yet. */
export function createUsageChunkFilter(): UsageChunkFilter {
  let held: Buffer = Buffer.alloc(0);
  let isPassing = false;
  return {
    push(bytes) {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const out: Buffer[] = [];
      let from = 0;
      for (let end = findEnd(all, from); end !== -1; end = findEnd(all, from)) {
        const event = all.subarray(from, end);
        if (isPassing || !isUsageChunk(event)) {
          out.push(event);
        }
        isPassing = false;
        from = end;
      }
      held = all.subarray(from);
      if (held.length > longestChunk) {
        // The last bytes stay: the end of the event may begin in them.
        isPassing = true;
        out.push(held.subarray(0, held.length - 3));
        held = held.subarray(held.length - 3);
      }
      return out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out);
    },
    finish: () => (isPassing || !isUsageChunk(held) ? held : Buffer.alloc(0)),
  };
}

/** The place behind the blank line that ends the event beginning at `from`; -1 while it has not come. */
function findEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0x0a, from); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) {
      return at + 2;
    }
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) {
      return at + 3;
    }
  }
  return -1;
}

const choices = Buffer.from('"choices"');
const [colon, openBracket, closeBracket] = [0x3a, 0x5b, 0x5d];

/** Whether the bytes have a field `choices` with an empty list. */
function hasNoChoices(event: Buffer): boolean {
  for (let at = event.indexOf(choices); at !== -1; at = event.indexOf(choices, at + 1)) {
    const wanted = [colon, openBracket, closeBracket];
    let next = at + choices.length;
    while (wanted.length > 0 && ((event[next] ?? 0x21) <= 0x20 || event[next] === wanted[0])) {
      if (event[next] === wanted[0]) {
        wanted.shift();
      }
      next += 1;
    }
    if (wanted.length === 0) {
      return true;
    }
  }
  return false;
}

function isUsageChunk(event: Buffer): boolean {
  // Most chunks say `"usage":null`: only one without choices is worth parsing.
  if (event.length > longestChunk || !hasNoChoices(event)) {
    return false;
  }
  const lines = event.toString('utf8').split(/\r?\n/);
  const data = lines.filter(line => line.startsWith('data:')).map(line => line.slice(5));
  try {
    const chunk = asObject(JSON.parse(data.join('\n')));
    const choices = chunk?.choices;
    return Array.isArray(choices) && choices.length === 0 && asObject(chunk?.usage) !== null;
  } catch {
    return false;
  }
}
