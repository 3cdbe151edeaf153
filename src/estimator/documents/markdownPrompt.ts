import type { FileType } from './fileTypes.ts';
import { parseFrontMatter } from './frontMatter.ts';
import { type DocumentNote, oneRequest, type PromptDocument, plainRequest, type Sending } from './promptDocument.ts';
import { findReferences, type ReferenceSyntax } from './references.ts';

/** Patterns of `applyTo` that take in every file. */
const everything = /^(\*\*|\*\*\/\*|\*)$/;

const syntaxes: Readonly<Partial<Record<FileType, ReferenceSyntax>>> = {
  '.prompt.md': 'prompt',
  '.instructions.md': 'prompt',
  '.chatmode.md': 'prompt',
  '.agent.md': 'prompt',
  'copilot-instructions.md': 'prompt',
  'CLAUDE.md': 'imports',
  'GEMINI.md': 'imports',
};

/** How a file of this kind names others. */
export function referenceSyntaxOf(fileType: FileType): ReferenceSyntax {
  return syntaxes[fileType] ?? 'none';
}

/**
 * Markdown for an agent: `.prompt.md`, `.instructions.md`, `.chatmode.md`, `.agent.md`, `AGENTS.md`, `CLAUDE.md`, `GEMINI.md`, `SKILL.md`,
 * and any other text with front matter. The front matter is for the tool and not sent.
 */
export function parseMarkdownPrompt(text: string, fileType: FileType): PromptDocument {
  const front = parseFrontMatter(text);
  const body = front.bodyStart > 0 ? text.slice(front.bodyStart) : text;
  const notes: DocumentNote[] = [];
  if (front.tools.length > 0) {
    notes.push({ kind: 'toolsNamed', count: front.tools.length });
  }
  if (front.isBroken) {
    notes.push({ kind: 'brokenFrontMatter' });
  }
  return {
    ...oneRequest(fileType, plainRequest(body)),
    model: front.model,
    expectedOutputTokens: front.expectedOutputTokens,
    taskType: front.taskType,
    sending: sendingOf(fileType, front.applyTo),
    references: findReferences(body, referenceSyntaxOf(fileType)),
    notes,
  };
}

function sendingOf(fileType: FileType, applyTo: string | null): Sending {
  switch (fileType) {
    case 'AGENTS.md':
    case 'CLAUDE.md':
    case 'GEMINI.md':
    case 'copilot-instructions.md':
      return 'everyTurn';
    case '.instructions.md':
      // Without `applyTo` they are attached by hand.
      return applyTo === null ? 'whenUsed' : everything.test(applyTo) ? 'everyTurn' : 'someTurns';
    case 'SKILL.md':
      return 'whenUsed';
    default:
      return 'once';
  }
}
