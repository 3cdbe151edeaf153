import { access } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { findFolder, joinPath, type Places } from './places.ts';

export const agentIds = [
  'claude-code',
  'codex',
  'gemini-cli',
  'copilot-chat',
  'copilot-cli',
  'opencode',
  'cline',
] as const;
export type AgentId = (typeof agentIds)[number];

/** How usage of an agent reaches us: by telemetry switched on in its own settings or in VS Code's, or from its logs. */
export type Way = 'settings' | 'vscode' | 'logs';

export interface KnownAgent {
  readonly id: AgentId;
  readonly name: string;
  readonly way: Way;
  /** Name of its page in `docs/connect/`. */
  readonly page: string;
  /** Folders that are there when it was used. */
  folders(places: Places): readonly string[];
  /** Programs by which it is installed. */
  readonly programs: readonly string[];
  /** Its VS Code extensions, in lower case. */
  readonly extensions: readonly string[];
}

/** The agents that can be connected, as people know them (wire formats: docs/otlp.md, docs/import.md). */
export const catalogue: readonly KnownAgent[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    way: 'settings',
    page: 'claude-code',
    folders: places => [findFolder(places, 'CLAUDE_CONFIG_DIR', '.claude')],
    programs: ['claude'],
    extensions: ['anthropic.claude-code'],
  },
  {
    id: 'codex',
    name: 'Codex',
    way: 'settings',
    page: 'codex',
    folders: places => [findFolder(places, 'CODEX_HOME', '.codex')],
    programs: ['codex'],
    extensions: ['openai.chatgpt'],
  },
  {
    id: 'gemini-cli',
    name: 'Gemini CLI',
    way: 'settings',
    page: 'gemini-cli',
    folders: places => [joinPath(places, findFolder(places, 'GEMINI_CLI_HOME'), '.gemini')],
    programs: ['gemini'],
    extensions: ['google.gemini-cli-vscode-ide-companion'],
  },
  {
    id: 'copilot-chat',
    name: 'GitHub Copilot Chat',
    way: 'vscode',
    page: 'copilot-chat',
    folders: () => [],
    programs: [],
    extensions: ['github.copilot-chat'],
  },
  {
    id: 'copilot-cli',
    name: 'GitHub Copilot CLI',
    way: 'logs',
    page: 'copilot-cli',
    folders: places => [joinPath(places, findFolder(places, 'COPILOT_HOME', '.copilot'), 'session-state')],
    programs: ['copilot'],
    extensions: [],
  },
  {
    id: 'opencode',
    name: 'OpenCode',
    way: 'logs',
    page: 'opencode',
    folders: places => [
      places.env.OPENCODE_DATA_DIR?.trim() ||
        joinPath(places, findFolder(places, 'XDG_DATA_HOME', '.local', 'share'), 'opencode'),
    ],
    programs: ['opencode'],
    extensions: ['sst-dev.opencode'],
  },
  {
    id: 'cline',
    name: 'Cline',
    way: 'logs',
    page: 'cline',
    folders: places => [findFolder(places, 'CLINE_DATA_DIR', '.cline', 'data')],
    programs: ['cline'],
    extensions: ['saoudrizwan.claude-dev'],
  },
];

/** Whether an agent is on this machine; `extensions` are the ids of VS Code's, in lower case. */
export async function isFound(agent: KnownAgent, places: Places, extensions: ReadonlySet<string>): Promise<boolean> {
  const endings = places.platform === 'win32' ? ['.exe', '.cmd', '.ps1'] : [''];
  const folders = (places.env.PATH ?? places.env.Path ?? '').split(delimiter).filter(folder => folder !== '');
  const programs = agent.programs.flatMap(name =>
    folders.flatMap(folder => endings.map(ending => joinPath(places, folder, name + ending))),
  );
  return agent.extensions.some(id => extensions.has(id)) || isAnyThere([...agent.folders(places), ...programs]);
}

async function isAnyThere(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.allSettled(paths.map(path => access(path)));
  return found.some(({ status }) => status === 'fulfilled');
}
