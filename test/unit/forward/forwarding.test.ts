import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Forwarding } from '../../../src/forward/forwarding.ts';
import { makeFolder, makeRecord, open } from '../ledger/makeLedger.ts';

it('makes one key for all ledgers that begin at once, for this user alone', async () => {
  const keyFolder = await makeFolder();
  const begin = async () => {
    const ledger = await open(await makeFolder());
    return Forwarding.open({
      ledger,
      keyFolder,
      readPassword: () => null,
      log: () => undefined,
      onChange: () => undefined,
    });
  };
  await Promise.all([begin(), begin(), begin()]);
  const file = join(keyFolder, 'pseudonyms.key');
  const first = await readFile(file);
  expect(first).toHaveLength(32);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await begin();
  expect(await readFile(file)).toEqual(first);
});

it('says what waits for each destination, and stops in time', async () => {
  const ledger = await open(await makeFolder());
  await ledger.forwardTo(['team']);
  const forwarding = await Forwarding.open({
    ledger,
    keyFolder: await makeFolder(),
    readPassword: () => null,
    log: () => undefined,
    onChange: () => undefined,
  });
  onTestFinished(() => forwarding.stop());
  // Nobody listens there.
  await forwarding.use([
    { name: 'team', type: 'postgresql', url: 'postgresql://x@127.0.0.1:1/x', privacy: 'full', tls: 'off' },
  ]);
  await ledger.append([makeRecord()]);
  forwarding.retry();
  await expect.poll(() => forwarding.states()[0]?.lastError).toContain('ECONNREFUSED');
  expect(forwarding.states()).toMatchObject([{ name: 'team', waiting: 1, lastSentAt: null }]);
  await forwarding.use([]);
  expect(forwarding.states()).toEqual([]);
});
