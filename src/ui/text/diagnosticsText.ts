import type { Diagnostics, RecordOutline } from '../../api/contract.ts';

export interface DiagnosticsInput {
  readonly extensionVersion: string;
  /** VS Code's name and version. */
  readonly editor: string;
  readonly extensionHost: string;
  /** Where the extension runs: a remote's name, or null. */
  readonly remote: string | null;
  readonly isTrusted: boolean;
  readonly globalStorage: string;
  /** The engine as the window sees it, in words. */
  readonly engineState: string;
  readonly busyTime: string;
  /** The engine's own account; null when it could not be asked. */
  readonly engine: Diagnostics | null;
  /** The window's settings, for when the engine's are not known. */
  readonly settings: unknown;
  /** Tokens known to this window: none may appear, whatever text they got into. */
  readonly secrets: readonly string[];
}

/** Everything a bug report needs, as Markdown, without secrets and without content of any call. */
export function formatDiagnostics(input: DiagnosticsInput): string {
  const { engine } = input;
  const lines = [
    '### Spend Lens diagnostics',
    '',
    ...formatPairs([
      ['Extension', input.extensionVersion],
      ['VS Code', input.editor],
      ['Extension host', input.extensionHost],
      ['Remote', input.remote ?? 'none'],
      ['Workspace trust', input.isTrusted ? 'trusted' : 'restricted mode'],
      ['Extension host busy', input.busyTime],
      ['Global storage', input.globalStorage],
      ['Engine', input.engineState],
    ]),
    ...(engine ? formatEngine(engine) : []),
    '',
    '#### Settings in effect',
    '',
    '```json',
    JSON.stringify(engine?.settings ?? input.settings, null, 2),
    '```',
    ...(engine ? ['', '#### Last records', '', ...formatRecords(engine.recent)] : []),
    '',
  ];
  return removeSecrets(lines.join('\n'), input.secrets);
}

function formatEngine(engine: Diagnostics): string[] {
  return formatPairs([
    ['Engine version', engine.version],
    ['Engine process', `${engine.pid}, up ${Math.round(engine.uptime_s)} s, ${Math.round(engine.memory_mb)} MB`],
    ['Node', engine.node],
    ['SQLite', engine.sqlite],
    ['Price data', engine.prices],
    ['Endpoint', engine.url],
    ['Ledger', `${engine.storage}, ${engine.records} records, ${engine.database_bytes} bytes`],
  ]);
}

function formatPairs(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.map(([name, value]) => `- ${name}: ${value}`);
}

function formatRecords(records: readonly RecordOutline[]): string[] {
  if (records.length === 0) {
    return ['None.'];
  }
  const rows = records.map(record => [
    record.timestamp,
    record.provider,
    record.model,
    record.agent,
    record.signal,
    record.prompt_tokens,
    record.completion_tokens,
    record.cost_usd,
    record.cost_basis,
  ]);
  const head = ['Time', 'Provider', 'Model', 'Agent', 'Signal', 'In', 'Out', 'USD', 'Basis'];
  return [head, head.map(() => '--'), ...rows].map(row => `| ${row.map(formatCell).join(' | ')} |`);
}

function formatCell(value: string | number | null): string {
  return value === null ? '–' : String(value).replace(/[|\r\n`]/g, ' ');
}

/** Takes out the tokens by name, and user names and passwords in addresses (of gateway upstreams, say). */
function removeSecrets(text: string, secrets: readonly string[]): string {
  const withoutTokens = secrets.filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, '<token>'), text);
  return withoutTokens.replace(/(\w:\/\/)[^/\s"@]+@/g, '$1<credentials>@');
}
