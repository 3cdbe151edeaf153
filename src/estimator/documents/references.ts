/** Another file that a prompt file sends along. */
export interface Reference {
  /** How it is written: `#file:a.ts`, `[text](a.md)`, `@a.md`. */
  readonly kind: 'file' | 'link' | 'import';
  /** The path as written, decoded. */
  readonly target: string;
  /** False for an `@word` that may be somebody's name: then it is no mistake when there is no such file. */
  readonly isCertain: boolean;
}

/** How a file names other files. */
export type ReferenceSyntax = 'prompt' | 'imports' | 'none';

/** Imports within imports are followed so far (code.claude.com/docs/en/memory, "Import additional files"); VS Code sets no limit. */
export const deepestReference = 5;

/** A line that opens or closes a block of code, and where a comment begins and ends. */
const blockSigns = /^ {0,3}(`{3,}|~{3,})|<!--|-->/gm;

/** The references of a text, each once, in the order of the text. Code is no reference, in blocks and in spans, nor is a comment. */
export function findReferences(text: string, syntax: ReferenceSyntax): readonly Reference[] {
  if (!mayHaveReferences(text, syntax)) {
    return [];
  }
  const found = syntax === 'imports' ? findImports(text) : [...findFileMarks(text), ...findLinks(text)];
  const isCode = found.length > 0 ? findCode(text) : () => false;
  const unique = new Map<string, Reference>();
  for (const { at, ...reference } of found.toSorted((a, b) => a.at - b.at)) {
    if (!unique.has(reference.target) && !isCode(at)) {
      unique.set(reference.target, reference);
    }
  }
  return [...unique.values()];
}

/** Most texts have none, and are asked with every key. */
function mayHaveReferences(text: string, syntax: ReferenceSyntax): boolean {
  switch (syntax) {
    case 'none':
      return false;
    case 'imports':
      return text.includes('@');
    case 'prompt':
      return text.includes('](') || text.includes('#file:');
  }
}

type Placed = Reference & { readonly at: number };

/** `#file:path`, `#file:'a path'` (code.visualstudio.com/docs/copilot/chat/copilot-chat-context, prompt files of 2025). */
function findFileMarks(text: string): Placed[] {
  const marks = text.matchAll(/#file:(?<![\w/]#file:)(?:'([^'\n]+)'|"([^"\n]+)"|([^\s'"`)\]}>]+))/g);
  return [...marks].map(({ 1: single, 2: double, 3: bare, index }) => ({
    kind: 'file',
    target: single ?? double ?? (bare ?? '').replace(/[.,;:!?]+$/, ''),
    isCertain: true,
    at: index,
  }));
}

/** `[text](path)` to a file of the workspace; pictures, addresses and places within a page are none. */
function findLinks(text: string): Placed[] {
  const links = text.matchAll(
    /\[(?<!!\[)[^\]\n]*\]\(\s*(?:<([^>\n]+)>|([^\s()<>]+(?:\([^\s()]*\)[^\s()]*)*))(?:\s+["'(][^\n)]*["')])?\s*\)/g,
  );
  return [...links].flatMap(({ 1: angled, 2: bare, index }): Placed[] => {
    const target = decode((angled ?? bare ?? '').replace(/[#?].*$/, ''));
    // A drive letter is a path, anything else before a colon is a scheme.
    const isPath = target !== '' && !/^[a-z][a-z0-9+.-]+:/i.test(target) && !target.startsWith('//');
    return isPath ? [{ kind: 'link', target, isCertain: true, at: index }] : [];
  });
}

/** `@path` at the start of a word (code.claude.com/docs/en/memory). */
function findImports(text: string): Placed[] {
  const imports = text.matchAll(/@(?<=(?:^|\s)@)((?:\\ |[^\s\\`])+)/gm);
  return [...imports].flatMap(({ 1: written = '', index }): Placed[] => {
    const target = written.replaceAll('\\ ', ' ').replace(/[.,;:!?)\]"']+$/, '');
    const isCertain = /^(\.{1,2}|~)?[\\/]/.test(target) || /\.\w{1,8}$/.test(target);
    return /^[\w./~\\-]/.test(target) ? [{ kind: 'import', target, isCertain, at: index }] : [];
  });
}

/** Tells whether a place is in code or in a comment; asked for places from the first to the last. Only their lines are looked into. */
function findCode(text: string): (at: number) => boolean {
  const blocks = findBlocks(text);
  let next = 0;
  return at => {
    while ((blocks[next]?.to ?? Number.POSITIVE_INFINITY) <= at) {
      next += 1;
    }
    return (blocks[next]?.from ?? Number.POSITIVE_INFINITY) <= at || isInSpan(text, at);
  };
}

/** Blocks of code between fences, and comments, which are for people; one that is not closed goes to the end. */
function findBlocks(text: string): { readonly from: number; readonly to: number }[] {
  const blocks: { from: number; to: number }[] = [];
  let open: { readonly mark: string; readonly from: number } | null = null;
  const mayHave = ['```', '~~~', '<!--'].some(sign => text.includes(sign));
  for (const { 0: sign, 1: fence, index } of mayHave ? text.matchAll(blockSigns) : []) {
    const mark = fence ?? sign;
    if (open === null) {
      const isOpening = mark !== '-->' && !(mark === '<!--' && isInSpan(text, index));
      open = isOpening ? { mark, from: index } : null;
    } else if (isEnd(open.mark, mark)) {
      blocks.push({ from: open.from, to: index + sign.length });
      open = null;
    }
  }
  return open === null ? blocks : [...blocks, { from: open.from, to: text.length }];
}

function isEnd(opening: string, mark: string): boolean {
  return opening === '<!--' ? mark === '-->' : mark[0] === opening[0] && mark.length >= opening.length;
}

/** Whether a place is between backticks of its line. */
function isInSpan(text: string, at: number): boolean {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(start, end < 0 ? text.length : end);
  const spans = line.includes('`') ? [...line.matchAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g)] : [];
  return spans.some(({ 0: span, index }) => start + index <= at && at < start + index + span.length);
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
