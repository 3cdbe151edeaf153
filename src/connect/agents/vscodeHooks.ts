import { joinPath } from '../places.ts';
import type { SettingsAgent } from '../settingsAgent.ts';

/**
 * Agents of VS Code run the hooks of `~/.copilot/hooks/*.json` (the default of `chat.hookFilesLocations`; read in VS Code 1.139's
 * bundle, format in code.visualstudio.com/docs/copilot/customization/hooks). The file is ours alone.
 */
export const vscodeHooks: SettingsAgent = {
  id: 'vscode-hooks',
  name: 'VS Code agent hooks',
  syntax: 'json',
  file: places => joinPath(places, places.home, '.copilot', 'hooks', 'spend-lens.json'),
  assignments: ({ parts, hookCommand }) =>
    parts.hook
      ? ['UserPromptSubmit', 'PreToolUse'].map(event => ({
          path: ['hooks', event],
          item: { type: 'command', command: hookCommand, timeout: 5 },
        }))
      : [],
  findEndpoint: () => null,
  findRoute: () => null,
};
