import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { resultsFolder, root } from '../run/paths.ts';

const disk = join(root, 'src/ledger/disk/disk.ts');
const killingDisk = join(import.meta.dirname, 'killingDisk.ts');

/** Bundles the engine as it is, but for its disk, which can kill it (killingDisk.ts). Gives the script's path. */
export async function buildEngine(): Promise<string> {
  const outfile = join(resultsFolder, 'torture', `engine-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'src/engine/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
    plugins: [
      {
        name: 'killing-disk',
        setup: ({ onResolve }) => {
          onResolve({ filter: /\/disk\.ts$/ }, ({ path, importer, resolveDir }) =>
            join(resolveDir, path) === disk && importer !== killingDisk ? { path: killingDisk } : undefined,
          );
        },
      },
    ],
  });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}
