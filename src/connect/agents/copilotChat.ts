import type { Destination } from '../settingsAgent.ts';
import type { Assignment } from '../settingsText.ts';

/** The settings of VS Code that say where Copilot Chat's telemetry goes, and those of its agent host. */
export const copilotSection = 'github.copilot.chat.otel';
const hostSection = 'chat.agentHost.otel';

/**
 * The settings that connect Copilot Chat. The agent host runs agents in a process of its own and takes no headers, so the token is part
 * of its address. Prompts are not sent unless the user asks for them, which stays as it is
 * (microsoft/vscode extensions/copilot/docs/monitoring, src/vs/platform/agentHost/OTEL.md; keys read in VS Code 1.139).
 * `isKnown` says which keys this VS Code has.
 */
export function copilotAssignments(
  { url, token }: Destination,
  isKnown: (key: string) => boolean,
): (Assignment & { readonly value: unknown })[] {
  const values = {
    [`${copilotSection}.enabled`]: true,
    [`${copilotSection}.exporterType`]: 'otlp-http',
    [`${copilotSection}.otlpEndpoint`]: url,
    [`${copilotSection}.headers`]: { 'x-spend-lens-token': token },
    [`${hostSection}.enabled`]: true,
    [`${hostSection}.exporterType`]: 'otlp-http',
    [`${hostSection}.otlpEndpoint`]: `${url}/t/${token}`,
  };
  return Object.entries(values)
    .filter(([key]) => isKnown(key))
    .map(([key, value]) => ({ path: [key], value }));
}
