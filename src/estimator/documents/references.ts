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

/** A line that opens or closes a block of code. */
const fence = /^ {0,3}(`{3,}|~{3,})/;

/** The references of a text, each once, in the order of the text. Code is no reference, in blocks and in spans. */
export function findReferences(text: string, syntax: ReferenceSyntax): readonly Reference[] {
  if (!mayHaveReferences(text, syntax)) {
    return [];
  }
  const prose = withoutCode(text);
  const found = syntax === 'imports' ? findImports(prose) : [...findFileMarks(prose), ...findLinks(prose)];
  const unique = new Map<string, Reference>();
  for (const { at: _at, ...reference } of found.toSorted((a, b) => a.at - b.at)) {
    if (!unique.has(reference.target)) {
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
  const marks = text.matchAll(/(?<![\w/])#file:(?:'([^'\n]+)'|"([^"\n]+)"|([^\s'"`)\]}>]+))/g);
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
    /(?<!!)\[[^\]\n]*\]\(\s*(?:<([^>\n]+)>|([^\s()<>]+(?:\([^\s()]*\)[^\s()]*)*))(?:\s+["'(][^\n)]*["')])?\s*\)/g,
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
  const imports = text.matchAll(/(?<=^|\s)@((?:\\ |[^\s\\`])+)/gm);
  return [...imports].flatMap(({ 1: written = '', index }): Placed[] => {
    const target = written.replaceAll('\\ ', ' ').replace(/[.,;:!?)\]"']+$/, '');
    const isCertain = /^(\.{1,2}|~)?[\\/]/.test(target) || /\.\w{1,8}$/.test(target);
    return /^[\w./~\\-]/.test(target) ? [{ kind: 'import', target, isCertain, at: index }] : [];
  });
}

/** The text with its code turned into spaces, so that places stay. */
function withoutCode(text: string): string {
  const lines: string[] = [];
  let open: string | null = null;
  for (const line of text.split('\n')) {
    const mark = fence.exec(line)?.[1];
    const isFence = mark !== undefined && (open === null || (mark[0] === open[0] && mark.length >= open.length));
    if (isFence) {
      open = open === null ? mark : null;
    }
    lines.push(isFence || open !== null ? ' '.repeat(line.length) : line);
  }
  return lines.join('\n').replace(/(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, span => ' '.repeat(span.length));
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
