import { findFolder, joinPath } from '../places.ts';
import { readHeaders } from '../route.ts';
import type { SettingsAgent } from '../settingsAgent.ts';
import { readValue } from '../settingsTable.ts';

const exporter = ['otel', 'exporter'];

/**
 * Codex takes `[otel]` of its `config.toml` only, no variables. `exporter` is that of the logs; it uses the address as it stands.
 * Spans and metrics stay as they are: the logs are the signal that counts (tried with 0.169.0; codex-rs/otel/README.md).
 */
export const codex: SettingsAgent = {
  id: 'codex',
  name: 'Codex',
  syntax: 'toml',
  file: places => joinPath(places, findFolder(places, 'CODEX_HOME', '.codex'), 'config.toml'),
  assignments: ({ destination: { url, token } }) => [
    {
      path: exporter,
      value: {
        'otlp-http': { endpoint: `${url}/v1/logs`, protocol: 'json', headers: { 'x-spend-lens-token': token } },
      },
    },
  ],
  findEndpoint: settings => {
    for (const kind of ['otlp-http', 'otlp-grpc']) {
      const endpoint = readValue(settings, [...exporter, kind, 'endpoint']);
      if (typeof endpoint === 'string') {
        return endpoint;
      }
    }
    return null;
  },
  findRoute: settings => {
    const url = readValue(settings, [...exporter, 'otlp-http', 'endpoint']);
    const headers = readHeaders(readValue(settings, [...exporter, 'otlp-http', 'headers']));
    return typeof url === 'string' ? { url, headers } : null;
  },
};
