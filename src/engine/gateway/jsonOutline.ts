import { asObject, type JsonObject } from '../../capture/json.ts';

/** Listens to JSON of any length and keeps its short values only. */
export interface JsonOutline {
  push(bytes: Buffer): void;
}

/** Longer strings (prompts, answers, pictures) come out empty. Bytes. */
const longestString = 1024;
/** Of longer arrays the rest is left out. */
const longestArray = 64;
/** An outline that is longer is given up. Characters. */
const longestOutline = 256 * 1024;
const deepest = 128;

const [quote, backslash, comma, lineFeed] = [0x22, 0x5c, 0x2c, 0x0a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Tells each object of a text in JSON or NDJSON, or each element of its top-level array, as soon as it is complete: with long strings
 * emptied and long arrays cut. Memory is bounded whatever comes, and no prompt is kept.
 */
export function createJsonOutline(onObject: (object: JsonObject) => void): JsonOutline {
  /** Elements so far of each open array, -1 for an object. */
  const open: number[] = [];
  /** Containers around the values that are told: 1 in a top-level array. */
  let base = 0;
  let text = '';
  let string: { text: string; isLong: boolean; isEscaped: boolean } | null = null;
  /** Number of open containers down to which all is left out. */
  let skipDown: number | null = null;
  let isBroken = false;

  function keep(piece: string): void {
    if (skipDown === null && open.length > base) {
      text += piece;
    }
  }

  function begin(byte: number): void {
    if (open.length === 0 && byte === openBracket) {
      open.push(0);
      base = 1;
      return;
    }
    open.push(byte === openBracket ? 0 : -1);
    keep(String.fromCharCode(byte));
  }

  function end(byte: number): void {
    if (skipDown === open.length) {
      skipDown = null;
    }
    keep(String.fromCharCode(byte));
    open.pop();
    if (open.length === 0) {
      base = 0;
    }
    if (open.length <= base && text !== '') {
      tell();
    }
  }

  function tell(): void {
    const object = parse(text);
    text = '';
    if (object) {
      onObject(object);
    }
  }

  function separate(): void {
    const elements = open.at(-1) ?? -1;
    if (elements >= 0) {
      open[open.length - 1] = elements + 1;
      if (open.length > base && elements + 1 >= longestArray) {
        skipDown ??= open.length;
      }
    }
    keep(',');
  }

  /** Reads on in a string; gives the place behind what it took. */
  function readString(bytes: Buffer, from: number, now: NonNullable<typeof string>): number {
    const at = findQuote(bytes, from, now);
    now.isLong ||= now.text.length + at - from > longestString;
    now.text = now.isLong ? '' : now.text + bytes.toString('latin1', from, at);
    if (at < bytes.length) {
      keep(`"${now.text}"`);
      string = null;
    }
    return at + 1;
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length && !isBroken; ) {
        if (string) {
          at = readString(bytes, at, string);
          continue;
        }
        const byte = bytes[at] as number;
        at += 1;
        if (byte === quote) {
          string = { text: '', isLong: false, isEscaped: false };
        } else if (byte === openBrace || byte === openBracket) {
          begin(byte);
        } else if (byte === closeBrace || byte === closeBracket) {
          end(byte);
        } else if (byte === comma) {
          separate();
        } else if (byte > 0x20) {
          keep(String.fromCharCode(byte));
        } else if (byte === lineFeed && open.length === 0) {
          text = '';
        }
        isBroken = text.length > longestOutline || open.length > deepest;
      }
    },
  };
}

/** The place of the quote that ends a string; the length where it is not there yet. `isEscaped`: the first byte is, then the next one. */
function findQuote(bytes: Buffer, from: number, state: { isEscaped: boolean }): number {
  let begin = state.isEscaped ? from + 1 : from;
  state.isEscaped = false;
  for (;;) {
    const found = bytes.indexOf(quote, begin);
    const end = found === -1 ? bytes.length : found;
    let slashes = 0;
    while (end - slashes > begin && bytes[end - slashes - 1] === backslash) {
      slashes += 1;
    }
    const isEscaped = slashes % 2 === 1;
    if (found === -1 || !isEscaped) {
      state.isEscaped = found === -1 && isEscaped;
      return end;
    }
    begin = found + 1;
  }
}

function parse(latin1: string): JsonObject | null {
  try {
    return asObject(JSON.parse(Buffer.from(latin1, 'latin1').toString('utf8')));
  } catch {
    return null;
  }
}
