/** `npm run bench NAME [-- ARGUMENTS]`: runs `bench/NAME.ts`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const [name = '', ...args] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.ts`);
if (!/^[a-z]+$/i.test(name) || name === 'run' || !existsSync(file)) {
  process.stderr.write(`There is no benchmark "${name}": give the name of a file in bench/ that has one.\n`);
  process.exit(2);
}
const bench = (await import(file)) as { run(args: readonly string[]): Promise<void> };
await bench.run(args);
