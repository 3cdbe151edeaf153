import { findFolder, joinPath } from '../places.ts';
import { parseHeaderList } from '../route.ts';
import type { SettingsAgent } from '../settingsAgent.ts';
import { readValue } from '../settingsTable.ts';
import type { Assignment } from '../settingsText.ts';

/**
 * Claude Code reads `env` of its user settings as variables of its own. Those of logs alone are set, so that metrics and traces may
 * go on to another collector, and they win over general ones in the shell; programs that it starts don't get them (tried with
 * 2.1.330; code.claude.com/docs/en/monitoring-usage). Its `api_request` log is the signal that counts (docs/otlp.md).
 */
export const claudeCode: SettingsAgent = {
  id: 'claude-code',
  name: 'Claude Code',
  syntax: 'json',
  file: places => joinPath(places, findFolder(places, 'CLAUDE_CONFIG_DIR', '.claude'), 'settings.json'),
  assignments: ({ destination: { url, token }, parts, hookCommand }, settings) => {
    const exporters = readEnv(settings, 'OTEL_LOGS_EXPORTER');
    const variables = {
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      // A list; the console may be one of them.
      OTEL_LOGS_EXPORTER: sendsLogs(exporters) ? exporters : 'otlp',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/v1/logs`,
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: `x-spend-lens-token=${token}`,
      // Its default of five seconds is too long to watch; ms.
      OTEL_LOGS_EXPORT_INTERVAL: readEnv(settings, 'OTEL_LOGS_EXPORT_INTERVAL') ?? '500',
    };
    const telemetry = Object.entries(variables).map(([name, value]) => ({ path: ['env', name], value }));
    return [...(parts.telemetry ? telemetry : []), ...(parts.hook ? hooks(hookCommand) : [])];
  },
  findEndpoint: settings => {
    const endpoint =
      readEnv(settings, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT') ?? readEnv(settings, 'OTEL_EXPORTER_OTLP_ENDPOINT');
    return sendsLogs(readEnv(settings, 'OTEL_LOGS_EXPORTER')) ? endpoint : null;
  },
  findRoute: settings => {
    const url = readEnv(settings, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
    const headers = parseHeaderList(readEnv(settings, 'OTEL_EXPORTER_OTLP_LOGS_HEADERS') ?? '');
    const isOn = readEnv(settings, 'CLAUDE_CODE_ENABLE_TELEMETRY') === '1';
    return isOn && url !== null && sendsLogs(readEnv(settings, 'OTEL_LOGS_EXPORTER')) ? { url, headers } : null;
  },
};

/** Before a prompt, and before each tool, as a turn goes on for many calls (code.claude.com/docs/en/hooks). */
function hooks(command: string): Assignment[] {
  const own = [{ type: 'command', command, timeout: 5 }];
  return [
    { path: ['hooks', 'UserPromptSubmit'], item: { hooks: own } },
    { path: ['hooks', 'PreToolUse'], item: { matcher: '*', hooks: own } },
  ];
}

function readEnv(settings: unknown, name: string): string | null {
  const value = readValue(settings, ['env', name]);
  return typeof value === 'string' && value !== '' ? value : null;
}

function sendsLogs(exporters: string | null): boolean {
  return (exporters ?? '').split(',').some(name => name.trim() === 'otlp');
}
