/** What VS Code runs once after the extension was uninstalled (`vscode:uninstall`): nothing of ours stays in any agent's settings. */
import { homedir } from 'node:os';
import { findOwner } from './owner.ts';
import { undoAll } from './undoAll.ts';

const places = { home: homedir(), env: process.env, platform: process.platform };
const say = (message: string) => process.stderr.write(`Spend Lens: ${message}\n`);

undoAll(findOwner(import.meta.dirname), places, message => {
  process.exitCode = 1;
  say(message);
}).then(
  agents => say(agents.length === 0 ? 'nothing was connected' : `disconnected ${agents.join(', ')}`),
  (error: Error) => {
    process.exitCode = 1;
    say(error.message);
  },
);
