import { findFolder, joinPath } from '../places.ts';
import type { SettingsAgent } from '../settingsAgent.ts';
import { readValue } from '../settingsTable.ts';

/**
 * Gemini CLI has no setting for headers, so the token is part of the address, to which it adds `/v1/logs` and the like. Its default is
 * to send prompts: that is switched off (tried with 0.61.0; google-gemini/gemini-cli docs/cli/telemetry.md).
 */
export const geminiCli: SettingsAgent = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  syntax: 'json',
  file: places => joinPath(places, findFolder(places, 'GEMINI_CLI_HOME'), '.gemini', 'settings.json'),
  assignments: ({ destination: { url, token } }) => {
    const telemetry = {
      enabled: true,
      target: 'local',
      otlpEndpoint: `${url}/t/${token}`,
      otlpProtocol: 'http',
      logPrompts: false,
    };
    return Object.entries(telemetry).map(([name, value]) => ({ path: ['telemetry', name], value }));
  },
  findEndpoint: settings => {
    const endpoint = readValue(settings, ['telemetry', 'otlpEndpoint']);
    const isOn = readValue(settings, ['telemetry', 'enabled']) === true;
    return isOn && typeof endpoint === 'string' && endpoint !== '' ? endpoint : null;
  },
  findRoute: settings => {
    const endpoint = geminiCli.findEndpoint(settings);
    return endpoint === null ? null : { url: `${endpoint.replace(/\/$/, '')}/v1/logs`, headers: {} };
  },
};
