import type { PromptDocument, PromptSource } from './documents/promptDocument.ts';
import type { Reference, ReferenceSyntax } from './documents/references.ts';
import type { Encoding } from './encodings.ts';
import type { PromptCounts } from './protocol.ts';

/** Imports within imports are followed so far (code.claude.com/docs/en/memory, "Import additional files"); VS Code sets no limit. */
const deepestReference = 5;

/** A file that a reference leads to, or why it leads nowhere. */
export type FoundFile =
  | { readonly kind: 'found'; readonly id: string; readonly name: string; readonly source: PromptSource }
  | { readonly kind: 'missing' | 'outside' | 'binary' | 'tooLarge'; readonly name: string };

/** Reads files of the workspace. `from` is the `id` of the file that holds the reference. */
export type FindFile = (reference: Reference, from: string) => Promise<FoundFile>;

/** One reference of a prompt, in the order in which they are met. */
export interface CountedFile {
  /** As it is shown: the path in the workspace, or as written. */
  readonly name: string;
  readonly kind: FoundFile['kind'] | 'tooDeep' | 'tooMany';
  /** By encoding, of this file alone. */
  readonly contentTokens: Readonly<Partial<Record<Encoding, number>>>;
}

/** More files than this are not followed: nobody sends so many, and something leads in circles. */
const mostFiles = 200;

export interface ReferenceOptions {
  /** The id of the prompt itself, so that it is not counted again. */
  readonly id: string;
  readonly find: FindFile;
  readonly count: (source: PromptSource) => Promise<Pick<PromptCounts, 'document' | 'requests'>>;
}

/** The files that a prompt sends along, each once, however many refer to it and in whatever circles. */
export async function countReferences(
  document: Pick<PromptDocument, 'references'>,
  { id, find, count }: ReferenceOptions,
): Promise<readonly CountedFile[]> {
  const files: CountedFile[] = [];
  const seen = new Set([id]);
  const queue = document.references.map(reference => ({ reference, from: id, depth: 1 }));
  for (const { reference, from, depth } of queue) {
    const found = await find(reference, from);
    if (found.kind !== 'found') {
      if (reference.isCertain || found.kind !== 'missing') {
        files.push({ name: found.name, kind: found.kind, contentTokens: {} });
      }
      continue;
    }
    if (seen.has(found.id)) {
      continue;
    }
    seen.add(found.id);
    if (depth > deepestReference || seen.size > mostFiles) {
      files.push({ name: found.name, kind: depth > deepestReference ? 'tooDeep' : 'tooMany', contentTokens: {} });
      continue;
    }
    // A file that is sent along is sent whole, its front matter included.
    const counts = await count({ ...found.source, isPlain: true, references: syntaxOf(reference, found.name) });
    files.push({ name: found.name, kind: 'found', contentTokens: counts.requests[0]?.contentTokens ?? {} });
    queue.push(...counts.document.references.map(next => ({ reference: next, from: found.id, depth: depth + 1 })));
  }
  return files;
}

/** The counts of a prompt with those of the files that it sends along. */
export function addFiles(counts: PromptCounts, files: readonly CountedFile[]): PromptCounts {
  const [first, ...others] = counts.requests;
  if (!first || files.length === 0) {
    return counts;
  }
  const contentTokens: Partial<Record<Encoding, number>> = { ...first.contentTokens };
  for (const file of files) {
    for (const [encoding, tokens] of Object.entries(file.contentTokens) as [Encoding, number][]) {
      contentTokens[encoding] = (contentTokens[encoding] ?? 0) + tokens;
    }
  }
  return { ...counts, requests: [{ ...first, contentTokens }, ...others] };
}

function syntaxOf({ kind }: Reference, name: string): ReferenceSyntax {
  return kind === 'import' ? 'imports' : /\.md$/i.test(name) ? 'prompt' : 'none';
}
