import { expect, it } from 'vitest';
import { ask, bearer, makeFolder } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

it('an engine that is told to leave while ledgers are compared leaves in peace', async () => {
  const folders = [await makeFolder(), await makeFolder()];
  let storage: string | undefined;
  for (let round = 0; round < 4; round++) {
    const mode = await startWindowMode(storage === undefined ? {} : { storage });
    storage = mode.storage;
    for (const [index, folder] of folders.entries()) {
      const workspace = { storage: folder, name: 'w', folders: [] };
      const { token } = await mode.admin.registerWindow(`w${index}`, { workspace, settings: {} });
      if (round === 0) {
        const records = Array.from({ length: 3000 }, (_, n) => ({
          model: 'gpt-4.1',
          input_tokens: 1,
          output_tokens: 1,
          request_id: `r${n}`,
        }));
        await ask(mode.url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(records) });
      }
    }
    mode.engine.stop('test');
    await expect(mode.engine.left).resolves.toBe(true);
    expect(mode.log.filter(line => line.startsWith('error'))).toEqual([]);
  }
});
