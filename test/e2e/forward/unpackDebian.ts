import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Unpacks Debian's packages into a cache in the temporary folder, unless they are there; its root, which is missing where apt gives none. */
export function unpackDebian(name: string, packages: () => readonly string[]): string {
  const cache = join(tmpdir(), name);
  const root = join(cache, 'root');
  if (!existsSync(root)) {
    mkdirSync(cache, { recursive: true });
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    spawnSync('apt-get', ['download', ...packages()], { cwd: cache, stdio: 'ignore' });
    for (const file of readdirSync(cache).filter(each => each.endsWith('.deb'))) {
      spawnSync('dpkg', ['-x', join(cache, file), root], { stdio: 'ignore' });
    }
  }
  return root;
}
