import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';

/** Where to look. */
export interface ImportHome {
  /** Home folder of the user. */
  readonly home: string;
  /** Variables by which agents are told to keep their files elsewhere; empty when another home was asked for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** User data folders of VS Code besides the usual ones. */
  readonly userData?: readonly string[];
}

/** The variables that say where agents keep their files. */
export const homeVariables = [
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'COPILOT_HOME',
  'GEMINI_CLI_HOME',
  'OPENCODE_DATA_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'CLINE_DATA_DIR',
  'APPDATA',
] as const;

/** Looks below another home, and nowhere else (`--home`); or below the user's own. */
export function resolveHome(home: string | null, env: ImportHome['env']): ImportHome {
  return home === null ? resolveOwnHome(env) : { home, env: {} };
}

/** The home of the user whose environment this is, as `homedir()` has it for our own. */
export function resolveOwnHome(env: ImportHome['env']): ImportHome {
  return { home: (process.platform === 'win32' ? env.USERPROFILE : env.HOME) || homedir(), env };
}

/** Products that are VS Code underneath, by the names of their folders. */
const editors = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'];
const servers = ['.vscode-server', '.vscode-server-insiders', '.vscode-remote', '.cursor-server', '.windsurf-server'];

/** The `User` folders of VS Code and its kin, whatever the platform of the home. */
export function editorFolders({ home, env, userData = [] }: ImportHome): string[] {
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  const roaming = env.APPDATA || join(home, 'AppData/Roaming');
  const roots = [
    ...[config, join(home, 'Library/Application Support'), roaming].flatMap(root =>
      editors.map(name => join(root, name)),
    ),
    ...servers.map(name => join(home, name, 'data')),
    join(home, '.local/share/code-server'),
    ...userData,
  ];
  return [...new Set(roots)].map(root => join(root, 'User'));
}

/** A folder to look in. `*` in a pattern is one name; `**` any number of folders. */
export interface SearchFolder {
  readonly root: string;
  readonly patterns: readonly string[];
}

/** Where an agent keeps its transcripts (wire formats, D1 to D6). */
export function searchFolders(agent: TranscriptAgent, places: ImportHome): SearchFolder[] {
  const { home, env } = places;
  switch (agent) {
    case 'claude-code': {
      const given = (env.CLAUDE_CONFIG_DIR ?? '').split(',').filter(dir => dir.trim() !== '');
      const usual = [join(home, '.claude'), join(env.XDG_CONFIG_HOME || join(home, '.config'), 'claude')];
      return (given.length > 0 ? given.map(dir => dir.trim()) : usual).map(dir => ({
        root: join(dir, 'projects'),
        patterns: ['**/*.jsonl'],
      }));
    }
    case 'codex': {
      const dir = env.CODEX_HOME || join(home, '.codex');
      return ['sessions', 'archived_sessions'].map(name => ({
        root: join(dir, name),
        patterns: ['**/*.jsonl', '**/*.jsonl.zst'],
      }));
    }
    case 'gemini-cli':
      return [
        {
          root: join(env.GEMINI_CLI_HOME || home, '.gemini/tmp'),
          patterns: ['*/chats/**/*.jsonl', '*/chats/**/*.json'],
        },
      ];
    case 'copilot-cli':
      return [
        {
          root: join(env.COPILOT_HOME || join(home, '.copilot'), 'session-state'),
          patterns: ['*/events.jsonl', '*.jsonl'],
        },
      ];
    case 'copilot-chat':
      return editorFolders(places).flatMap(user => [
        { root: join(user, 'workspaceStorage'), patterns: ['*/chatSessions/*.jsonl', '*/chatSessions/*.json'] },
        { root: join(user, 'globalStorage/emptyWindowChatSessions'), patterns: ['*.jsonl', '*.json'] },
      ]);
    case 'opencode': {
      const data = env.XDG_DATA_HOME || join(home, '.local/share');
      const roots = env.OPENCODE_DATA_DIR
        ? [env.OPENCODE_DATA_DIR]
        : [join(data, 'opencode'), join(home, 'AppData/Local/opencode')];
      return roots.map(root => ({ root, patterns: ['opencode.db', 'opencode-*.db', 'storage/message/*/*.json'] }));
    }
    case 'cline':
      return [...extensionFolders(places, ['saoudrizwan.claude-dev']), join(clineData(places), 'tasks')].map(
        taskFolder,
      );
    case 'roo':
      return extensionFolders(places, ['rooveterinaryinc.roo-cline', 'rooveterinaryinc.roo-code-nightly']).map(
        taskFolder,
      );
    case 'cline-cli':
      return [{ root: join(clineData(places), 'sessions'), patterns: ['*/*.messages.json'] }];
  }
}

function clineData({ home, env }: ImportHome): string {
  return env.CLINE_DATA_DIR || join(home, '.cline/data');
}

function extensionFolders(places: ImportHome, ids: readonly string[]): string[] {
  return editorFolders(places).flatMap(user => ids.map(id => join(user, 'globalStorage', id, 'tasks')));
}

function taskFolder(root: string): SearchFolder {
  return { root, patterns: ['*/ui_messages.json'] };
}
