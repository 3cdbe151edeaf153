/** What becomes of the lines. */
export interface LineReader {
  /** Only lines with one of these are read. Empty: all. */
  readonly markers: readonly string[];
  /** Whether a line that begins like this tells nothing. */
  readonly isSilent?: ((head: string) => boolean) | undefined;
  onLine(text: string): void;
  /** A complete line that is no JSON object. */
  onDamaged(): void;
}

const newline = 10;
const carriageReturn = 13;
const space = 32;
const openBrace = 123;
const closeBrace = 125;
/** Lines up to so many bytes without a marker are parsed too, only to see whether they are sound. */
const shortLine = 200;
/** Bytes of a line that are looked at first, where that may be enough. */
const headSize = 500;
/** A longer line is no line of an agent, bytes. */
const maxLine = 256 * 1024 * 1024;

/** Cuts bytes into lines, whatever pieces they come in. Long lines that tell nothing are never made into text. */
export class LineSplitter {
  /** Bytes of complete lines so far. */
  consumed = 0;
  readonly #reader: LineReader;
  readonly #markers: readonly Buffer[];
  #rest: Buffer[] = [];
  #restSize = 0;
  #isFirst: boolean;

  constructor(reader: LineReader, isAtStart: boolean) {
    this.#reader = reader;
    this.#markers = reader.markers.map(marker => Buffer.from(marker));
    this.#isFirst = isAtStart;
  }

  /** Takes the next bytes; keeps none of them but those of an unfinished line. */
  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      this.#keep(chunk);
      return;
    }
    let start = 0;
    if (this.#restSize > 0) {
      start = chunk.indexOf(newline) + 1;
      this.#keep(chunk.subarray(0, start));
      const line = this.#takeRest();
      this.#read(line, line.length);
    }
    if (start <= end) {
      this.#read(chunk.subarray(start), end + 1 - start);
    }
    this.#keep(chunk.subarray(end + 1));
  }

  /** What stands after the last complete line. */
  get rest(): string {
    return Buffer.concat(this.#rest).toString('utf8').trim();
  }

  #keep(bytes: Buffer): void {
    if (bytes.length > 0) {
      this.#restSize += bytes.length;
      // A line without an end: its bytes are counted and forgotten, and it will not parse.
      this.#rest = this.#restSize > maxLine ? [] : [...this.#rest, Buffer.from(bytes)];
    }
  }

  #takeRest(): Buffer {
    const isLost = this.#restSize > maxLine;
    const line = isLost ? Buffer.from('?\n') : Buffer.concat(this.#rest);
    this.consumed += isLost ? this.#restSize - line.length : 0;
    this.#rest = [];
    this.#restSize = 0;
    return line;
  }

  /** The complete lines in the first `size` bytes. */
  #read(bytes: Buffer, size: number): void {
    const view = bytes.subarray(0, size);
    for (let start = 0; start < size; ) {
      const end = view.indexOf(newline, start);
      this.#readLine(view, start, end, this.#isTelling(view.subarray(start, end)));
      start = end + 1;
    }
    this.consumed += size;
  }

  /** Whether a line may tell something. The markers are looked for in long lines only where their beginning leaves it open. */
  #isTelling(line: Buffer): boolean {
    const { isSilent } = this.#reader;
    if (isSilent && line.length > headSize && isSilent(line.toString('latin1', 0, headSize))) {
      return false;
    }
    return this.#markers.length === 0 || this.#markers.some(marker => line.includes(marker));
  }

  #readLine(view: Buffer, lineStart: number, lineEnd: number, isMarked: boolean): void {
    let start = lineStart;
    let end = lineEnd;
    if (this.#isFirst) {
      this.#isFirst = false;
      start += view[0] === 0xef && view[1] === 0xbb && view[2] === 0xbf ? 3 : 0;
    }
    while (end > start && isBlank(view[end - 1])) {
      end -= 1;
    }
    while (start < end && isBlank(view[start])) {
      start += 1;
    }
    if (start === end) {
      return;
    }
    if (view[start] !== openBrace || view[end - 1] !== closeBrace) {
      this.#reader.onDamaged();
    } else if (isMarked) {
      this.#reader.onLine(view.toString('utf8', start, end));
    } else if (end - start <= shortLine && !isJson(view.toString('utf8', start, end))) {
      this.#reader.onDamaged();
    }
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === carriageReturn || byte === 9;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
