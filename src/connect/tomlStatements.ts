/** One statement of a TOML text: a table's header or a key with its value. */
export interface TomlStatement {
  readonly kind: 'header' | 'array' | 'value';
  /** All keys from the root, those of the header before included. */
  readonly path: readonly string[];
  /** From the beginning of its first line to the end of its last one, the line's end included. */
  readonly start: number;
  readonly end: number;
  /** From its first to its last character, without comment and spaces around it. */
  readonly from: number;
  readonly to: number;
}

/**
 * The statements of a TOML text, which must be valid (TOML 1.0). Understands just enough to find where each begins and ends: keys,
 * the four kinds of strings, comments and brackets.
 */
export function readStatements(text: string): TomlStatement[] {
  const statements: TomlStatement[] = [];
  let table: readonly string[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    at = skip(text, at, /[ \t]/);
    const from = at;
    if (text[at] === '[') {
      const isArray = text[at + 1] === '[';
      const keys = readKeys(text, at + (isArray ? 2 : 1));
      table = keys.path;
      at = keys.end + (isArray ? 2 : 1);
      const to = at;
      at = endOfLine(text, at);
      statements.push({ kind: isArray ? 'array' : 'header', path: table, start, end: at, from, to });
    } else if (text[at] !== undefined && !/[#\r\n]/.test(text[at] ?? '')) {
      const keys = readKeys(text, at);
      const to = endOfValue(text, skip(text, keys.end + 1, /[ \t]/));
      at = endOfLine(text, to);
      statements.push({ kind: 'value', path: [...table, ...keys.path], start, end: at, from, to });
    } else {
      at = endOfLine(text, at);
    }
  }
  return statements;
}

/** A dotted key, up to the `=` or `]` that ends it. */
function readKeys(text: string, start: number): { readonly path: string[]; readonly end: number } {
  const path: string[] = [];
  let at = start;
  for (;;) {
    at = skip(text, at, /[ \t]/);
    const quote = text[at];
    const end = quote === '"' || quote === "'" ? endOfString(text, at) : skip(text, at, /[A-Za-z0-9_-]/);
    if (end === at) {
      throw new RangeError('A key was expected.');
    }
    const raw = text.slice(at, end);
    path.push(quote === '"' ? unquote(raw) : quote === "'" ? raw.slice(1, -1) : raw);
    at = skip(text, end, /[ \t]/);
    if (text[at] !== '.') {
      return { path, end: at };
    }
    at += 1;
  }
}

function unquote(raw: string): string {
  const long = raw.replace(/\\U([0-9a-fA-F]{8})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return JSON.parse(long.replaceAll('\t', '\\t')) as string;
}

/** Behind the value, whatever lines it spans; comments inside brackets are part of it, one behind it is not. */
function endOfValue(text: string, start: number): number {
  let at = start;
  let depth = 0;
  let end = start;
  while (at < text.length) {
    const letter = text[at] ?? '';
    if (letter === '"' || letter === "'") {
      at = endOfString(text, at);
      end = at;
    } else if (letter === '#') {
      if (depth === 0) {
        return end;
      }
      at = skip(text, at, /[^\n]/);
    } else if (letter === '\n' && depth === 0) {
      return end;
    } else {
      depth += '[{'.includes(letter) ? 1 : ']}'.includes(letter) ? -1 : 0;
      at += 1;
      end = /\s/.test(letter) ? end : at;
    }
  }
  return end;
}

/** Behind a string of any of the four kinds. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '"';
  const isLong = text.startsWith(quote.repeat(3), start);
  const fence = isLong ? quote.repeat(3) : quote;
  let at = start + fence.length;
  while (at < text.length && !text.startsWith(fence, at)) {
    at += quote === '"' && text[at] === '\\' ? 2 : 1;
  }
  at += fence.length;
  // Up to two quotes may stand before the closing three.
  for (let extra = 0; isLong && extra < 2 && text[at] === quote; extra++) {
    at += 1;
  }
  return Math.min(at, text.length);
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end + 1;
}

function skip(text: string, start: number, letters: RegExp): number {
  let at = start;
  while (at < text.length && letters.test(text[at] ?? '')) {
    at += 1;
  }
  return at;
}
