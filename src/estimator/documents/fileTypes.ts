/** The kinds of files people write prompts in, by what their names end with. */
export const fileTypes = [
  '.prompt.md',
  '.instructions.md',
  '.chatmode.md',
  '.agent.md',
  'copilot-instructions.md',
  'AGENTS.md',
  'CLAUDE.md',
  'GEMINI.md',
  'SKILL.md',
  '.prompty',
  '.prompt.yml',
  '.jsonl',
  '.json',
  'text',
] as const;
export type FileType = (typeof fileTypes)[number];

const byName: readonly (readonly [RegExp, FileType])[] = [
  [/\.prompt\.md$/i, '.prompt.md'],
  // VS Code's "copilot-instructions.md" first: it is sent always, without front matter.
  [/(^|[\\/])copilot-instructions\.md$/i, 'copilot-instructions.md'],
  [/\.instructions\.md$/i, '.instructions.md'],
  [/\.chatmode\.md$/i, '.chatmode.md'],
  [/\.agent\.md$/i, '.agent.md'],
  [/(^|[\\/])AGENTS(\.override|\.local)?\.md$/i, 'AGENTS.md'],
  [/(^|[\\/])CLAUDE(\.local)?\.md$/i, 'CLAUDE.md'],
  [/(^|[\\/])GEMINI\.md$/i, 'GEMINI.md'],
  [/(^|[\\/])SKILL\.md$/i, 'SKILL.md'],
  [/\.prompty$/i, '.prompty'],
  [/\.prompt\.ya?ml$/i, '.prompt.yml'],
  [/\.(jsonl|ndjson)$/i, '.jsonl'],
  [/\.json$/i, '.json'],
];

/** VS Code's language ids of the same, for a file without a name yet. */
const byLanguage: Readonly<Record<string, FileType>> = {
  prompt: '.prompt.md',
  instructions: '.instructions.md',
  chatmode: '.chatmode.md',
  chatagent: '.agent.md',
  skill: 'SKILL.md',
  prompty: '.prompty',
  jsonl: '.jsonl',
  json: '.json',
};

/** What kind of file a name or a language says it is. */
export function findFileType(fileName: string | undefined, languageId: string | undefined): FileType {
  const named = byName.find(([pattern]) => pattern.test(fileName ?? ''))?.[1];
  return named ?? byLanguage[languageId ?? ''] ?? 'text';
}

/** Whether such a file is a prompt by its name alone; JSON and plain text may be anything. */
export function isPromptFile(fileType: FileType): boolean {
  return fileType !== 'text' && fileType !== '.json' && fileType !== '.jsonl';
}

/**
 * Agents that put such a file in front of every call, by their names in the ledger. Each vendor's page on its instruction files:
 * code.visualstudio.com/docs/copilot/customization/custom-instructions, agents.md, code.claude.com/docs/en/memory,
 * google-gemini.github.io/gemini-cli/docs/cli/gemini-md.
 */
export const readersOf: Readonly<Partial<Record<FileType, readonly string[]>>> = {
  'copilot-instructions.md': ['copilot-chat', 'copilot-cli'],
  '.instructions.md': ['copilot-chat', 'copilot-cli'],
  'AGENTS.md': ['codex', 'copilot-chat', 'copilot-cli', 'opencode', 'cline', 'cline-cli', 'roo'],
  'CLAUDE.md': ['claude-code'],
  'GEMINI.md': ['gemini-cli'],
};
