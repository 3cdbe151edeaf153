import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { postTest } from '../../api/postTest.ts';
import type { AgentId, KnownAgent } from '../../connect/catalogue.ts';
import type { Route } from '../../connect/route.ts';
import { settingsAgents } from '../../connect/settingsAgents.ts';
import { parseSettingsText } from '../../connect/settingsText.ts';
import { buildTelemetryTest, buildUsageTest } from '../../connect/testPayload.ts';
import { notify } from '../notifications/notify.ts';
import { formatCount } from '../text/numbers.ts';
import { readCopilotRoute } from './copilotChat.ts';
import type { Desk } from './desk.ts';
import { rememberTest } from './testMemory.ts';

/**
 * Proves a connection: sends what the agent would send, to where the agent's own settings say. `agent` null stands for one's own code.
 * Throws an Error fit for the user when nothing arrives.
 */
export async function sendTest(agent: KnownAgent | null, desk: Desk): Promise<void> {
  const { url, headers, body } = await buildRequest(agent, desk);
  const { records, rejected } = await postTest(url, headers, body);
  const [record] = records;
  if (!record) {
    const why = rejected[0]?.error ?? vscode.l10n.t('it was not understood as usage');
    throw new Error(vscode.l10n.t('The test record reached the engine, but {0}.', why));
  }
  rememberTest(agent?.id ?? '', Date.now());
  const tokens = formatCount((record.prompt_tokens ?? 0) + (record.completion_tokens ?? 0));
  const name = agent?.name ?? vscode.l10n.t('My Own Code');
  void notify.info(
    vscode.l10n.t('Test record received: {0}, {1}, {2} tokens. It counts nowhere.', name, record.model ?? '?', tokens),
  );
}

async function buildRequest(agent: KnownAgent | null, desk: Desk): Promise<Route & { readonly body: unknown }> {
  const telemetry = agent && buildTelemetryTest(agent.id, Date.now());
  if (!agent || !telemetry) {
    const { path, body } = buildUsageTest(agent?.id ?? null);
    const { url, token } = desk.destination;
    return { url: url + path, headers: { authorization: `Bearer ${token}` }, body };
  }
  const route = agent.way === 'vscode' ? readCopilotRoute(telemetry.path) : await readRoute(agent.id, desk);
  if (!route) {
    throw new Error(vscode.l10n.t('{0} is not connected. Run "Connect Agent…" first.', agent.name));
  }
  return { ...route, body: telemetry.body };
}

/** Where the agent's settings as they are on the disk send its telemetry. */
async function readRoute(id: AgentId, { places }: Desk): Promise<Route | null> {
  const agent = settingsAgents.find(known => known.id === id);
  const text = agent && (await readFile(agent.file(places), 'utf8').catch(() => null));
  return agent && text ? agent.findRoute(parseSettingsText(agent.syntax, text)) : null;
}
