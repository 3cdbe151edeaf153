import { expect, it } from 'vitest';
import { buildEngine } from '../torture/buildEngine.ts';
import { torture } from '../torture/torture.ts';

it('an engine killed 15 times while clients post loses nothing that it acknowledged and doubles nothing', async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const kills: string[] = [];
  const result = await torture({ script: await buildEngine(), kills: 15, seed, log: line => kills.push(line) });
  const where = `npm run torture -- --kills 15 --seed ${seed}: ${kills.join('; ')}`;
  expect(result.lost, where).toEqual([]);
  expect(result.doubled, where).toEqual([]);
  expect(result.calls, where).toBeGreaterThan(100);
}, 120_000);
