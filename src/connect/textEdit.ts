/** A replaced stretch of a text, in the coordinates of the text as it is now. */
export interface Splice {
  /** UTF-16 units from the beginning. */
  readonly at: number;
  /** What stands there now. */
  readonly text: string;
  /** What stood there before. */
  readonly was: string;
}

/** A text that is edited piece by piece and remembers how to go back. */
export class TextEdit {
  #text: string;
  #splices: readonly Splice[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Every change so far, from the front to the back; no two touch. */
  get splices(): readonly Splice[] {
    return this.#splices;
  }

  /** Puts `insert` in the place of `length` units from `at`. */
  replace(at: number, length: number, insert: string): void {
    const isTouched = (splice: Splice) => splice.at <= at + length && splice.at + splice.text.length >= at;
    const touched = this.#splices.filter(isTouched);
    const start = Math.min(at, ...touched.map(splice => splice.at));
    const end = Math.max(at + length, ...touched.map(splice => splice.at + splice.text.length));
    const joined: Splice = {
      at: start,
      text: this.#text.slice(start, at) + insert + this.#text.slice(at + length, end),
      was: this.#original(start, end, touched),
    };
    const shift = insert.length - length;
    this.#text = this.#text.slice(0, at) + insert + this.#text.slice(at + length);
    this.#splices = [
      ...this.#splices.filter(splice => !isTouched(splice) && splice.at < start),
      ...(joined.text === joined.was ? [] : [joined]),
      ...this.#splices
        .filter(splice => !isTouched(splice) && splice.at >= start)
        .map(splice => ({ ...splice, at: splice.at + shift })),
    ];
  }

  /** Follows a change that somebody else has made to the text: replaces the one stretch in which it differs from `text`. */
  become(text: string): void {
    const longest = Math.min(text.length, this.#text.length);
    let start = 0;
    while (start < longest && this.#text[start] === text[start]) {
      start += 1;
    }
    let same = 0;
    while (same < longest - start && this.#text.at(-1 - same) === text.at(-1 - same)) {
      same += 1;
    }
    if (start + same < Math.max(text.length, this.#text.length)) {
      this.replace(start, this.#text.length - same - start, text.slice(start, text.length - same));
    }
  }

  /** What stood from `start` to `end`, which cut no splice. */
  #original(start: number, end: number, touched: readonly Splice[]): string {
    let text = '';
    let next = start;
    for (const splice of touched) {
      text += this.#text.slice(next, splice.at) + splice.was;
      next = splice.at + splice.text.length;
    }
    return text + this.#text.slice(next, end);
  }
}

/** The text before these splices; null when it is not the text they were made in. */
export function undoSplices(text: string, splices: readonly Splice[]): string | null {
  let before = '';
  let next = 0;
  for (const { at, text: own, was } of splices) {
    if (at < next || !text.startsWith(own, at)) {
      return null;
    }
    before += text.slice(next, at) + was;
    next = at + own.length;
  }
  return before + text.slice(next);
}

/**
 * The same in a text that was changed around them: each splice is looked for by its own text. Null when one is not there, or
 * there more than once.
 */
export function undoMovedSplices(text: string, splices: readonly Splice[]): string | null {
  let result = text;
  let from = 0;
  for (const { text: own, was } of splices) {
    const at = result.indexOf(own, from);
    if (own === '' || at < 0 || result.indexOf(own, at + 1) >= 0) {
      return null;
    }
    result = result.slice(0, at) + was + result.slice(at + own.length);
    from = at + was.length;
  }
  return result;
}
