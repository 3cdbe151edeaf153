import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatConnectionSettings } from '../../../src/ui/connectionText.ts';

const text = formatConnectionSettings({ url: 'http://127.0.0.1:43117', token: 'T0k' });

test('Connection settings are environment lines and a first call as a comment', () => {
  const [url, token, call, end] = text.split('\n');
  expect([url, token, end]).toEqual(['SPEND_LENS_URL=http://127.0.0.1:43117', 'SPEND_LENS_TOKEN=T0k', '']);
  expect(call).toMatch(/^# curl -sS "http:\/\/127\.0\.0\.1:43117\/v1\/usage" .*Bearer T0k/);
});

test('Pasted into a shell they set the variables and run nothing', { skip: process.platform === 'win32' }, () => {
  const out = execFileSync('sh', ['-c', `${text}\nprintf '%s %s' "$SPEND_LENS_URL" "$SPEND_LENS_TOKEN"`]);
  expect(out.toString()).toBe('http://127.0.0.1:43117 T0k');
});
