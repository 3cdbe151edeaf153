/** Where a top-level field of a JSON object stands in its bytes. */
interface Field {
  /** The value's first byte, and the one behind its last. */
  readonly start: number;
  readonly end: number;
}

const option = '"include_usage":true';

/**
 * The body of a Chat Completions request with `stream_options.include_usage` spliced in, when it asks for a stream without it; null
 * when nothing is to be done. All other bytes stay as they are. A body that is not plain JSON, or has a field twice, is left alone.
 */
export function spliceIncludeUsage(body: Buffer): Buffer | null {
  const fields = locateFields(body, 0);
  if (!fields || textOf(body, fields.get('stream')) !== 'true') {
    return null;
  }
  const options = fields.get('stream_options');
  if (!options) {
    // The object has a field, so a comma is due.
    const end = body.lastIndexOf('}');
    return insert(body, end, end, `,"stream_options":{${option}}`);
  }
  if (textOf(body, options) === 'null') {
    return insert(body, options.start, options.end, `{${option}}`);
  }
  const inner = locateFields(body.subarray(0, options.end), options.start);
  if (!inner) {
    return null;
  }
  const given = inner.get('include_usage');
  if (given) {
    const text = textOf(body, given);
    return text === 'false' || text === 'null' ? insert(body, given.start, given.end, 'true') : null;
  }
  return insert(body, options.start + 1, options.start + 1, inner.size === 0 ? option : `${option},`);
}

function insert(body: Buffer, start: number, end: number, text: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(text), body.subarray(end)]);
}

function textOf(body: Buffer, field: Field | undefined): string | null {
  return field ? body.toString('latin1', field.start, field.end) : null;
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The fields of the object that begins at `from` and ends with the bytes; null when it is not that, or names a field twice. */
function locateFields(body: Buffer, from: number): Map<string, Field> | null {
  const fields = new Map<string, Field>();
  let at = skipSpace(body, from);
  if (body[at] !== openBrace) {
    return null;
  }
  at = skipSpace(body, at + 1);
  if (body[at] === closeBrace) {
    return skipSpace(body, at + 1) === body.length ? fields : null;
  }
  for (;;) {
    if (body[at] !== quote) {
      return null;
    }
    const keyEnd = skipString(body, at);
    const key = keyEnd === -1 ? null : parseKey(body.toString('utf8', at, keyEnd));
    at = skipSpace(body, keyEnd);
    if (key === null || body[at] !== colon || fields.has(key)) {
      return null;
    }
    const start = skipSpace(body, at + 1);
    const end = skipValue(body, start);
    if (end === -1) {
      return null;
    }
    fields.set(key, { start, end });
    at = skipSpace(body, end);
    if (body[at] === closeBrace) {
      return skipSpace(body, at + 1) === body.length ? fields : null;
    }
    if (body[at] !== comma) {
      return null;
    }
    at = skipSpace(body, at + 1);
  }
}

function parseKey(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) {
    at += 1;
  }
  return at;
}

/** The place behind the string that begins at `from`; -1 when it has no end. */
function skipString(body: Buffer, from: number): number {
  for (let at = body.indexOf(quote, from + 1); at !== -1; at = body.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (body[at - 1 - slashes] === backslash) {
      slashes += 1;
    }
    if (slashes % 2 === 0) {
      return at + 1;
    }
  }
  return -1;
}

/** The place behind the value that begins at `from`; -1 when it has no end. */
function skipValue(body: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  while (at < body.length) {
    const byte = body[at];
    if (byte === quote) {
      at = skipString(body, at);
      if (at === -1) {
        return -1;
      }
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      at += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) {
        return at > from ? trimEnd(body, from, at) : -1;
      }
      depth -= 1;
      at += 1;
    } else if (depth === 0 && byte === comma) {
      return at > from ? trimEnd(body, from, at) : -1;
    } else {
      at += 1;
      continue;
    }
    if (depth === 0) {
      return at;
    }
  }
  return -1;
}

function trimEnd(body: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && skipSpace(body, end - 1) !== end - 1) {
    end -= 1;
  }
  return end;
}
