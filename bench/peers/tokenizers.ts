/** Other tokenizers: their published packages, unpacked into the temporary folder once. js-tiktoken is one of our own dependencies. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const peerVersions = { 'gpt-tokenizer': '4.0.0', tiktoken: '1.0.22' } as const;
export type Peer = keyof typeof peerVersions;

/** Folder of a package; null where the registry is missing. */
export function findTokenizer(name: Peer): string | null {
  const version = peerVersions[name];
  const folder = join(tmpdir(), `spend-lens-bench-${name}-${version}`);
  const unpacked = join(folder, 'package');
  if (!existsSync(unpacked)) {
    mkdirSync(folder, { recursive: true });
    spawnSync('npm', ['pack', `${name}@${version}`], { cwd: folder });
    spawnSync('tar', ['xzf', `${name}-${version}.tgz`], { cwd: folder });
  }
  return existsSync(unpacked) ? unpacked : null;
}
