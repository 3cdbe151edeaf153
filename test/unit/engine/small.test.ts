import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { formatNoticeId, parseNoticeId } from '../../../src/engine/budgets/noticeId.ts';
import { readStoredToken } from '../../../src/engine/http/storedToken.ts';
import { BadArgumentsError, parseCommandLine } from '../../../src/engine/lifecycle/commandLine.ts';
import { createLog } from '../../../src/engine/lifecycle/log.ts';
import { makeFolder } from '../../../src/engine/lock/makeFolder.ts';
import { normalizeWorkspaceStorage } from '../../../src/engine/routing/workspaceFolder.ts';
import { makeFolder as makeTestFolder } from './startEngine.ts';

describe('parseCommandLine', () => {
  const parse = (line: string, env = {}) => parseCommandLine(line.split(' '), env);

  it('reads both modes', () => {
    expect(parse('--storage d --port 0 --token t --settings s.json')).toEqual({
      kind: 'standalone',
      storage: 'd',
      port: 0,
      token: 't',
      settings: 's.json',
    });
    expect(parse('--storage=d')).toEqual({ kind: 'standalone', storage: 'd', port: null, token: null, settings: null });
    expect(parse('windows --storage d')).toEqual({ kind: 'windows', storage: 'd', port: null });
    expect(parse('--help')).toEqual({ kind: 'help' });
  });

  it('prefers --token to SPEND_LENS_TOKEN', () => {
    const env = { SPEND_LENS_TOKEN: 'e' };
    expect(parse('--storage d', env)).toMatchObject({ token: 'e' });
    expect(parse('--storage d --token t', env)).toMatchObject({ token: 't' });
    expect(parse('--storage d', { SPEND_LENS_TOKEN: '' })).toMatchObject({ token: null });
  });

  it.each([
    '',
    '--port 1',
    '--storage',
    '--storage d --port x',
    '--storage d --port 65536',
    '--storage d --port -1',
    '--storage d --token=',
    '--storage d --verbose',
    'serve --storage d',
    'windows more --storage d',
    'windows --storage d --token t',
  ])('refuses "%s"', line => {
    expect(() => parseCommandLine(line.split(' ').filter(Boolean), {})).toThrow(BadArgumentsError);
  });
});

describe('makeFolder', () => {
  it('makes what is missing, for the user alone, and leaves what is there', async () => {
    const folder = await makeTestFolder();
    await makeFolder(join(folder, 'a/b/c'));
    await makeFolder(join(folder, 'a/b/c'));
    expect((await stat(join(folder, 'a/b/c'))).mode & 0o777).toBe(0o700);
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toThrow(/file/);
    await expect(makeFolder(join(folder, 'file/below'))).rejects.toThrow(/file/);
  });

  it.runIf(process.platform === 'linux')('gives up where nothing can be made', async () => {
    await expect(makeFolder('/proc/nothing/here')).rejects.toThrow('ENOENT');
  });
});

describe('createLog', () => {
  it('writes one line per message, and keeps at most two files', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const folder = await makeTestFolder();
    const file = join(folder, 'engine.log');
    const log = createLog({ file, maxBytes: 1000 });
    for (let n = 0; n < 100; n++) {
      log('warn', `message ${n}\nof two lines`);
    }
    written.mockRestore();
    expect(await readdir(folder)).toEqual(['engine.log', 'engine.log.1']);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn message \d+ of two lines\n)+$/);
    expect(text).toContain('message 99');
    expect((await stat(file)).size).toBeLessThanOrEqual(1000);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('readStoredToken', () => {
  it('makes a token once, for the user alone', async () => {
    const folder = await makeTestFolder();
    const { text: token } = await readStoredToken(folder);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await readStoredToken(folder)).text).toBe(token);
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
  });

  it('replaces a damaged one', async () => {
    const folder = await makeTestFolder();
    await writeFile(join(folder, 'token'), 'short');
    expect((await readStoredToken(folder)).text).toMatch(/^[\w-]{43}$/);
  });
});

describe('normalizeWorkspaceStorage', () => {
  const hash = '0123456789abcdef0123456789abcdef';

  it.each([
    [`/u/workspaceStorage/${hash}-1/spend-lens.spend-lens`, `/u/workspaceStorage/${hash}/spend-lens.spend-lens`],
    [`/u/workspaceStorage/${hash}-12`, `/u/workspaceStorage/${hash}`],
    [`C:\\u\\${hash}-1\\spend-lens`, `C:\\u\\${hash}\\spend-lens`],
    [`/u/workspaceStorage/${hash}/spend-lens`, `/u/workspaceStorage/${hash}/spend-lens`],
    ['/u/my-project-1/x', '/u/my-project-1/x'],
    [`/u/${hash}0-1/x`, `/u/${hash}0-1/x`],
    [`/u/${hash}-one/x`, `/u/${hash}-one/x`],
    ['/u/1732271234567-1/x', '/u/1732271234567-1/x'],
    ['/u/workspaceStorage/1732271234567-1/x', '/u/workspaceStorage/1732271234567-1/x'],
    ['/u/workspaceStorage/6772c22d-1/x', '/u/workspaceStorage/6772c22d/x'],
    ['/u/workspaceStorage/-6c8c1dbe-12/x', '/u/workspaceStorage/-6c8c1dbe/x'],
    ['/u/workspaceStorage/-6c8c1dbe/x', '/u/workspaceStorage/-6c8c1dbe/x'],
    ['C:\\u\\workspaceStorage\\-6c8c1dbe-1\\x', 'C:\\u\\workspaceStorage\\-6c8c1dbe\\x'],
  ])('%s → %s', (given, expected) => {
    expect(normalizeWorkspaceStorage(given)).toBe(expected);
  });
});

describe('notice ids', () => {
  const ledger = '0123456789abcdef0123456789abcdef';

  it('go there and back', () => {
    const keys = [
      { key: 'daily', period: '2026-11-22', threshold: '99.5' },
      { key: `budget/${encodeURIComponent('a:b+c/ü')}`, period: '2026-11-22T09', threshold: '100@1795362097982' },
      { key: 'runaway', period: 's%3A1', threshold: '1' },
    ];
    expect(parseNoticeId(formatNoticeId(ledger, keys))).toEqual({ ledger, keys });
  });

  it.each([
    '',
    ledger,
    `${ledger}:daily:2026-11-22:*`,
    `${ledger}:weekly:2026-11-22:80`,
    `${ledger}:daily:2026-11-22:80+`,
    `${ledger}:budget/:2026-11-22:80`,
    `x${ledger}:daily:2026-11-22:80`,
  ])('are nothing else: "%s"', id => {
    expect(parseNoticeId(id)).toBeNull();
  });
});
