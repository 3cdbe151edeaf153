/** `npm run torture [-- --kills N] [--seed N]`: see test/README.md. */
import { parseArgs } from 'node:util';
import { buildEngine } from './buildEngine.ts';
import { torture } from './torture.ts';

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
const kills = Number(values.kills ?? 200);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const start = performance.now();
console.log(`seed ${seed}`);
const result = await torture({ script: await buildEngine(), kills, seed, log: line => console.log(line) });
for (const [place, count] of result.places) {
  console.log(`${String(count).padStart(4)} kills at: ${place}`);
}
for (const text of [...result.lost.slice(0, 20), ...result.doubled.slice(0, 20)]) {
  console.log(text);
}
console.log(`${result.calls} calls, ${((performance.now() - start) / 1000).toFixed(0)} s, seed ${seed}`);
console.log(`${result.kills} kills, ${result.lost.length} lost, ${result.doubled.length} doubled`);
process.exitCode = result.lost.length + result.doubled.length > 0 ? 1 : 0;
