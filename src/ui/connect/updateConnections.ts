import * as vscode from 'vscode';
import { catalogue } from '../../connect/catalogue.ts';
import { connect, connectWrapper, planConnection, shellWrapper } from '../../connect/connection.ts';
import { listOutdated } from '../../connect/outdated.ts';
import { settingsFiles } from '../../connect/settingsAgents.ts';
import type { UndoRecord } from '../../connect/undoRecord.ts';
import { formatError } from '../log.ts';
import { notify } from '../notifications/notify.ts';
import { connectCopilot } from './copilotChat.ts';
import { connectionWith, type Desk } from './desk.ts';

/** Says which agents have an old address or token, and gives them the new one on consent. */
export async function updateConnections(desk: Desk): Promise<void> {
  const { t } = vscode.l10n;
  const { services } = desk;
  const outdated = await listOutdated(desk.places, desk.destination, desk.owner);
  if (outdated.length === 0) {
    return;
  }
  const names = outdated.map(({ agent }) => nameOf(agent)).join(', ');
  const update = t('Update Connections');
  const text = t("Spend Lens has another address or token now, so these don't reach it: {0}.", names);
  if ((await notify.warn(text, update)) !== update) {
    return;
  }
  for (const record of outdated) {
    try {
      await renew(record, desk);
      services.log.info(`Connected ${record.agent} anew.`);
    } catch (error) {
      services.log.error(`${record.agent} could not be connected anew: ${formatError(error)}`);
      void notify.error(t('{0} could not be connected anew: {1}', nameOf(record.agent), (error as Error).message));
    }
  }
}

async function renew({ agent, parts }: UndoRecord, desk: Desk): Promise<void> {
  const settings = settingsFiles.find(({ id }) => id === agent);
  if (settings) {
    const plan = await planConnection(settings, desk.places, connectionWith(desk, parts));
    await connect(plan, desk.places, new Date());
  } else if (agent === shellWrapper) {
    await connectWrapper(desk.places, connectionWith(desk, parts), new Date());
  } else {
    await connectCopilot(desk);
  }
}

function nameOf(id: string): string {
  const known = [...catalogue, ...settingsFiles].find(agent => agent.id === id);
  return known?.name ?? vscode.l10n.t('the shell wrapper');
}
