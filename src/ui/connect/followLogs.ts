import * as vscode from 'vscode';
import type { KnownAgent } from '../../connect/catalogue.ts';
import type { Settings } from '../../contributions.ts';
import { readSetting, writeSetting } from '../settings.ts';
import type { AgentState } from './agentText.ts';
import { confirmChange } from './confirmChange.ts';

type Watched = Settings['transcripts.watch'];

/** The names that an agent has in the ledger: Cline's command line is one of its own. */
export function namesOf({ id }: Pick<KnownAgent, 'id'>): readonly string[] {
  return id === 'cline' ? ['cline', 'cline-cli'] : [id];
}

/** The state of an agent whose logs are read; `isHeard` says whether there are calls of it. */
export function readLogsState(agent: KnownAgent, isHeard: boolean): AgentState {
  const watched = readSetting('transcripts.watch');
  const said = namesOf(agent).map(name => watched[name]);
  if (said.includes(true)) {
    return { kind: 'logs', isSet: true };
  }
  // One that is not named is followed from its first import on.
  return isHeard && !said.includes(false) ? { kind: 'logs', isSet: false } : { kind: 'off' };
}

/** Has an agent's logs read as it writes them, or no longer, after it was shown what that changes. True when it was done. */
export async function followLogs(agent: KnownAgent, isOn: boolean): Promise<boolean> {
  const { t } = vscode.l10n;
  const before = readSetting('transcripts.watch');
  const names = namesOf(agent);
  const rest = Object.fromEntries(Object.entries(before).filter(([name]) => !names.includes(name)));
  const after = { ...rest, ...Object.fromEntries(names.map(name => [name, isOn])) };
  const isAccepted = await confirmChange({
    title: isOn ? t('Connect {0}', agent.name) : t('Disconnect {0}', agent.name),
    accept: isOn ? t('Connect') : t('Disconnect'),
    detail: isOn
      ? t('Reads the logs that {0} writes, its past ones too. Nothing of its own is changed.', agent.name)
      : t('Its logs are no longer read. What was counted stays.'),
    now: print(before),
    next: print(after),
    fileName: 'settings.json',
  });
  if (isAccepted) {
    await writeSetting('transcripts.watch', after, vscode.ConfigurationTarget.Global);
  }
  return isAccepted;
}

/** The setting as VS Code's settings have it. */
function print(watched: Watched): string {
  return `${JSON.stringify({ 'spendLens.transcripts.watch': watched }, null, 2)}\n`;
}
