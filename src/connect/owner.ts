import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The folder of extensions that this copy of Spend Lens is installed in, by its `dist` folder. It stays the same when a new version comes;
 * VS Code, its Insiders and its servers have one each.
 */
export function findOwner(dist: string): string {
  const folder = dirname(dirname(dist));
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
