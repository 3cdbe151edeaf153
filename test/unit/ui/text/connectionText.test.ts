import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatConnectionSettings } from '../../../../src/ui/text/connectionText.ts';

const connection = { url: 'http://127.0.0.1:43117', token: 'T0k' };

test('Connection settings are environment lines and a first call as a comment', () => {
  const [url, token, call, end] = formatConnectionSettings({ ...connection, platform: 'linux' }).split('\n');
  expect([url, token, end]).toEqual([
    'export SPEND_LENS_URL=http://127.0.0.1:43117',
    'export SPEND_LENS_TOKEN=T0k',
    '',
  ]);
  expect(call).toMatch(/^# curl -sS "http:\/\/127\.0\.0\.1:43117\/v1\/usage" .*Bearer T0k/);
});

test('On Windows they are PowerShell', () => {
  const [url, token, call] = formatConnectionSettings({ ...connection, platform: 'win32' }).split('\n');
  expect([url, token]).toEqual(["$env:SPEND_LENS_URL = 'http://127.0.0.1:43117'", "$env:SPEND_LENS_TOKEN = 'T0k'"]);
  expect(call).toMatch(/^# Invoke-RestMethod /);
});

test('Pasted into a shell, programs started there see them', { skip: process.platform === 'win32' }, () => {
  const script = `${formatConnectionSettings({ ...connection, platform: 'linux' })}\nsh -c 'printf "%s %s" "$SPEND_LENS_URL" "$SPEND_LENS_TOKEN"'`;
  expect(execFileSync('sh', ['-c', script]).toString()).toBe('http://127.0.0.1:43117 T0k');
});
