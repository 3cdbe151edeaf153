import * as vscode from 'vscode';
import { catalogue, isFound, type KnownAgent } from '../../connect/catalogue.ts';
import { readConnectionState } from '../../connect/connectionState.ts';
import { settingsAgents } from '../../connect/settingsAgents.ts';
import { UneditableError } from '../../connect/settingsSyntax.ts';
import { type AgentState, formatAgentState } from './agentText.ts';
import { readCopilotState } from './copilotChat.ts';
import type { Desk } from './desk.ts';
import { namesOf, readLogsState } from './followLogs.ts';
import { findTest } from './testMemory.ts';

/** An agent of this machine with its state as of now. */
export interface AgentRow {
  readonly agent: KnownAgent;
  readonly isFound: boolean;
  readonly state: AgentState;
  readonly description: string;
}

/** Every agent there is, those found first, each group in the order of the catalogue. */
export async function readAgentRows(desk: Desk): Promise<AgentRow[]> {
  const heard = await desk.services.connection.readAgents().catch(() => []);
  const last = new Map(heard.map(({ agent, last_record }) => [agent, Date.parse(last_record)]));
  const nowMs = Date.now();
  const rows = catalogue.map(async (agent): Promise<AgentRow> => {
    const lastMs = Math.max(...namesOf(agent).map(name => last.get(name) ?? 0)) || null;
    const state = await readState(agent, lastMs !== null, desk);
    const description = formatAgentState(state, { lastMs, testMs: findTest(agent.id), nowMs }, vscode.l10n.t);
    return { agent, state, description, isFound: await isFound(agent, desk.places, desk.extensions) };
  });
  return (await Promise.all(rows)).sort((a, b) => Number(b.isFound) - Number(a.isFound));
}

async function readState(agent: KnownAgent, isHeard: boolean, desk: Desk): Promise<AgentState> {
  try {
    if (agent.way === 'vscode') {
      return await readCopilotState(desk);
    }
    const settings = settingsAgents.find(({ id }) => id === agent.id);
    return settings
      ? await readConnectionState(settings, desk.places, desk.destination, desk.owner)
      : readLogsState(agent, isHeard);
  } catch (error) {
    desk.services.log.warn(`The settings of ${agent.name} can't be read: ${String(error)}`);
    return { kind: 'unreadable', reason: error instanceof UneditableError ? error.message : String(error) };
  }
}
