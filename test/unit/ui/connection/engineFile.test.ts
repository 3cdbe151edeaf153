import { expect, test } from 'vitest';
import { backoffMs, maxAttempts } from '../../../../src/ui/connection/backoff.ts';
import { parseEngineFile } from '../../../../src/ui/connection/engineFile.ts';
import { isOlderVersion } from '../../../../src/ui/connection/version.ts';

const file = { port: 43117, token: 'T', pid: 42, version: '0.1.0', url: 'http://evil.example' };

test('The engine is spoken to on this machine only, whatever its file says', () => {
  expect(parseEngineFile(JSON.stringify(file))).toEqual({
    url: 'http://127.0.0.1:43117',
    token: 'T',
    pid: 42,
    version: '0.1.0',
  });
});

test.each([
  '',
  '{',
  'null',
  '[]',
  { ...file, port: 0 },
  { ...file, port: 70000 },
  { ...file, pid: -1 },
  { ...file, token: '' },
])('A file with %j is none', content => {
  expect(parseEngineFile(typeof content === 'string' ? content : JSON.stringify(content))).toBeNull();
});

test.each([
  ['0.1.0', '0.1.1', true],
  ['0.9.0', '0.10.0', true],
  ['1.0', '1.0.0', false],
  ['1.0.0', '1.0.0', false],
  ['2.0.0', '1.9.9', false],
  ['1.0.0-beta', '1.0.0', false],
])('%s is older than %s: %s', (a, b, older) => {
  expect(isOlderVersion(a, b)).toBe(older);
});

test('Tries are half a second apart at first, half a minute at most, and end', () => {
  const pauses = Array.from({ length: maxAttempts }, (_, index) => backoffMs(index + 1));
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});
