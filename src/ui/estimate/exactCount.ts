import * as vscode from 'vscode';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import {
  type CountingProvider,
  countingOrigins,
  findCountingProvider,
  isCountable,
} from '../../estimator/providerCount/providerCount.ts';
import type { EstimatedPrompt } from '../commands/estimatePromptCost.ts';
import type { Services } from '../services.ts';
import { readSetting, readSettings } from '../settings.ts';
import { withCancel } from '../withCancel.ts';

const names: Readonly<Record<CountingProvider, string>> = { anthropic: 'Anthropic', google: 'Google' };

/** Whether the answer's model can be counted by its provider, and the setting lets it. Files that are sent along are not sent there. */
export function canCountExactly({ chosen, counts }: PromptAnswer): boolean {
  return (
    readSetting('estimate.providerCount') && findCountingProvider(chosen.model) !== null && isCountable(counts.document)
  );
}

/**
 * Counts with the provider's own endpoint, after the user agreed that the prompt is sent there, once for each provider. The key is kept in
 * VS Code's secret storage. Undefined when the user leaves. Throws what is fit for the user.
 */
export async function countExactly(
  services: Services,
  prompt: EstimatedPrompt,
  answer: PromptAnswer,
): Promise<PromptAnswer | undefined> {
  const { model } = answer.chosen;
  const provider = findCountingProvider(model);
  if (!provider || !(await askConsent(services, provider))) {
    return undefined;
  }
  const key = await askKey(services, provider);
  if (key === undefined) {
    return undefined;
  }
  const title = vscode.l10n.t('Counting with {0}', names[provider]);
  const url = (readSettings()['gateway.upstreams'][provider] ?? countingOrigins[provider]).replace(/\/$/, '');
  try {
    const tokens = await withCancel(title, signal =>
      services.estimator.countWithProvider(provider, { source: prompt.source, model, key, url, signal }),
    );
    return tokens === undefined ? undefined : services.estimator.answerExactly(tokens, answer, readSettings());
  } catch (error) {
    if (error instanceof Error && 'isKey' in error && error.isKey === true) {
      await services.context.secrets.delete(secretOf(provider));
    }
    throw error;
  }
}

const consentOf = (provider: CountingProvider): string => `providerCount.consent.${provider}`;
const secretOf = (provider: CountingProvider): string => `providerCount.key.${provider}`;

async function askConsent({ context }: Services, provider: CountingProvider): Promise<boolean> {
  if (context.globalState.get<boolean>(consentOf(provider))) {
    return true;
  }
  const name = names[provider];
  const agree = vscode.l10n.t('Send to {0}', name);
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Send this prompt to {0} to be counted?', name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The text of the prompt leaves this machine: it is sent to {0} with your API key, which counts it free of charge. From then on "Count Exactly" sends prompts there without asking again, until spendLens.estimate.providerCount is turned off.',
        name,
      ),
    },
    agree,
  );
  if (answer === agree) {
    await context.globalState.update(consentOf(provider), true);
  }
  return answer === agree;
}

async function askKey({ context }: Services, provider: CountingProvider): Promise<string | undefined> {
  const known = await context.secrets.get(secretOf(provider));
  if (known) {
    return known;
  }
  const given = await vscode.window.showInputBox({
    title: vscode.l10n.t('API Key of {0}', names[provider]),
    prompt: vscode.l10n.t("It is kept in VS Code's secret storage on this machine, never in settings."),
    password: true,
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('Enter a key.') : null),
  });
  if (given !== undefined) {
    await context.secrets.store(secretOf(provider), given.trim());
  }
  return given?.trim();
}

/** Takes consents and keys back: when the setting is turned off. */
export async function forgetConsents({ context }: Pick<Services, 'context'>): Promise<void> {
  for (const provider of Object.keys(names) as CountingProvider[]) {
    await context.globalState.update(consentOf(provider), undefined);
    await context.secrets.delete(secretOf(provider));
  }
}
