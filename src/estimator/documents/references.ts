import { type MarkdownProse, readProse } from './markdownProse.ts';

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

/**
 * The references of a text, each once, in the order of the text. Code is no reference, in blocks and in spans, nor is a comment.
 * A text of a hundred quotes or lists in each other is not read and has none: nothing here throws.
 */
export function findReferences(text: string, syntax: ReferenceSyntax): readonly Reference[] {
  const prose = mayHaveReferences(text, syntax) ? tryReadProse(text) : null;
  if (prose === null) {
    return [];
  }
  const found = syntax === 'imports' ? findImports(prose.text) : [...findFileMarks(prose.text), ...findLinks(prose)];
  const unique = new Map<string, Reference>();
  for (const { at: _, ...reference } of found.toSorted((a, b) => a.at - b.at)) {
    if (!unique.has(reference.target)) {
      unique.set(reference.target, reference);
    }
  }
  return [...unique.values()];
}

function tryReadProse(text: string): MarkdownProse | null {
  try {
    return readProse(text);
  } catch {
    return null;
  }
}

/** Most texts have none, and are asked with every key. */
function mayHaveReferences(text: string, syntax: ReferenceSyntax): boolean {
  switch (syntax) {
    case 'none':
      return false;
    case 'imports':
      return text.includes('@');
    case 'prompt':
      return ['](', ']:', '#file:'].some(sign => text.includes(sign));
  }
}

type Placed = Reference & { readonly at: number };

/** `#file:path`, `#file:'a path'` (code.visualstudio.com/docs/copilot/chat/copilot-chat-context, prompt files of 2025). */
function findFileMarks(text: string): Placed[] {
  const marks = text.matchAll(/#file:(?<![\w/]#file:)(?:'([^'\n]+)'|"([^"\n]+)"|([^\s'"`)\]}>]+))/g);
  return [...marks].map(({ 1: single, 2: double, 3: bare, index }) => ({
    kind: 'file',
    target: single ?? double ?? (bare ?? '').replace(/[.,;:!?*_~]+$/, ''),
    isCertain: true,
    at: index,
  }));
}

/** Links to files of the workspace; pictures, addresses and places within a page are none. */
function findLinks({ links }: MarkdownProse): Placed[] {
  return links.flatMap(({ href, at }): Placed[] => {
    const target = decode(href.replace(/[#?].*$/, ''));
    // A drive letter is a path, anything else before a colon is a scheme.
    const isPath = target !== '' && !/^[a-z][a-z0-9+.-]+:/i.test(target) && !target.startsWith('//');
    return isPath ? [{ kind: 'link', target, isCertain: true, at }] : [];
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

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
