import { expect, test } from 'vitest';
import type { Diagnostics } from '../../../../src/api/contract.ts';
import { formatDiagnostics } from '../../../../src/ui/text/diagnosticsText.ts';
import { outline } from '../../api/answers.ts';

const engine: Diagnostics = {
  version: '0.1.0',
  node: '24.21.0',
  sqlite: '3.50.0',
  prices: 'genai-prices@0.1.8',
  pid: 42,
  uptime_s: 12.4,
  memory_mb: 80.2,
  url: 'http://127.0.0.1:43117/t/ingest-token',
  storage: '/s/abc',
  database_bytes: 8192,
  records: 1,
  settings: { gateway: { upstreams: { openai: 'https://joe:hunter2@proxy.example/v1' } }, note: 'admin-token' },
  recent: [outline('a|b\n`c`')],
};
const input = {
  extensionVersion: '0.1.0',
  editor: 'Visual Studio Code 1.139.1',
  extensionHost: 'Node 24.21.0, linux x64, process 7',
  remote: null,
  isTrusted: true,
  globalStorage: '/g',
  engineState: 'running; warned of ingest-token',
  busyTime: 'load 3.1 ms',
  engine,
  settings: { budget: { daily: 5 } },
  secrets: ['ingest-token', 'admin-token', ''],
};

test('Diagnostics hold versions, process, paths, settings and outlines', () => {
  const text = formatDiagnostics(input);
  for (const part of [
    'Visual Studio Code 1.139.1',
    '24.21.0',
    '3.50.0',
    'genai-prices@0.1.8',
    '42, up 12 s',
    '/s/abc',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).toContain(
    '| 2026-11-22T12:00:00.000Z | openai | a b  c  | codex | usage | 1000 | 500 | 0.006 | priced |',
  );
});

test('Diagnostics hold no token and no credentials, whatever text they got into', () => {
  const text = formatDiagnostics(input);
  for (const secret of ['ingest-token', 'admin-token', 'hunter2', 'joe']) {
    expect(text).not.toContain(secret);
  }
});

test('Diagnostics without an engine show the window’s settings', () => {
  const text = formatDiagnostics({ ...input, engine: null, engineState: 'stopped: no disk' });
  expect(text).toContain('stopped: no disk');
  expect(text).toContain('"daily": 5');
  expect(text).not.toContain('Last records');
});
