import * as vscode from 'vscode';
import { catalogue, isFound, type KnownAgent } from '../../connect/catalogue.ts';
import { readConnectionState } from '../../connect/connectionState.ts';
import { settingsAgents } from '../../connect/settingsAgents.ts';
import { UneditableError } from '../../connect/settingsSyntax.ts';
import { type AgentState, formatAgentState } from './agentText.ts';
import { readCopilotState } from './copilotChat.ts';
import type { Desk } from './desk.ts';
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
  const [heard, ...rows] = await Promise.all([
    desk.services.connection.readAgents().catch(() => []),
    ...catalogue.map(async agent => ({
      agent,
      isFound: await isFound(agent, desk.places, desk.extensions),
      state: await readState(agent, desk),
    })),
  ]);
  const last = new Map(heard.map(({ agent, last_record }) => [agent, Date.parse(last_record)]));
  const nowMs = Date.now();
  return rows
    .map(row => {
      // Cline's command line is an agent of its own in the ledger.
      const times = [row.agent.id, ...(row.agent.id === 'cline' ? ['cline-cli'] : [])].map(id => last.get(id) ?? 0);
      const lastMs = Math.max(...times) || null;
      const seen = { lastMs, testMs: findTest(row.agent.id), nowMs };
      return { ...row, description: formatAgentState(row.state, seen, vscode.l10n.t) };
    })
    .sort((a, b) => Number(b.isFound) - Number(a.isFound));
}

async function readState(agent: KnownAgent, desk: Desk): Promise<AgentState> {
  try {
    if (agent.way === 'vscode') {
      return await readCopilotState(desk);
    }
    const settings = settingsAgents.find(({ id }) => id === agent.id);
    return settings ? await readConnectionState(settings, desk.places, desk.destination, desk.owner) : { kind: 'logs' };
  } catch (error) {
    desk.services.log.warn(`The settings of ${agent.name} can't be read: ${String(error)}`);
    return { kind: 'unreadable', reason: error instanceof UneditableError ? error.message : String(error) };
  }
}
