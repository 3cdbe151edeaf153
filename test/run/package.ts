/** `npm run package`: the `.vsix` of production bundles. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { endChildrenOnStop } from './childProcess.ts';
import { packageExtension } from './packageExtension.ts';
import { root } from './paths.ts';

endChildrenOnStop();
try {
  const vsix = await packageExtension({ isForced: true });
  console.log(`${path.relative(root, vsix)}: ${(statSync(vsix).size / 1e6).toFixed(2)} MB`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
