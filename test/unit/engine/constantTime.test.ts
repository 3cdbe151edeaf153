import { expect, it, vi } from 'vitest';

const compared = vi.hoisted(() => [] as [number, number][]);
vi.mock('node:crypto', async importOriginal => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  return {
    ...crypto,
    timingSafeEqual: (a: Buffer, b: Buffer) => {
      compared.push([a.length, b.length]);
      return crypto.timingSafeEqual(a, b);
    },
  };
});

const { Token, makeToken } = await import('../../../src/engine/http/storedToken.ts');
const { ask, bearer, makeFolder } = await import('./startEngine.ts');
const { startWindowMode } = await import('./startWindowMode.ts');

it('compares tokens by digests of one length, in constant time, whatever is given', () => {
  const token = new Token(makeToken());
  compared.length = 0;
  const given = [token.text, '', 'x', token.text.slice(0, -1), `${token.text}x`, 'é'.repeat(10_000)];
  expect(given.map(each => token.fits(each))).toEqual([true, false, false, false, false, false]);
  expect(compared).toEqual(given.map(() => [32, 32]));
});

it('compares with every token there is, also when the first one fits', async () => {
  const { url, admin, adminToken } = await startWindowMode();
  const register = async (id: string) =>
    (
      await admin.registerWindow(id, {
        workspace: { storage: await makeFolder(), name: id, folders: [] },
        settings: {},
      })
    ).token;
  const tokens = [adminToken, await register('a'), await register('b'), 'wrong'];
  const counts: number[] = [];
  for (const token of tokens) {
    compared.length = 0;
    await ask(url, '/v1/summary', { headers: bearer(token) });
    counts.push(compared.length);
  }
  // The admin's, the scraper's, the machine's and those of two workspaces.
  expect(counts).toEqual([5, 5, 5, 5]);
});
