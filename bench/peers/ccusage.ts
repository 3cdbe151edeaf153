/** ccusage, the fastest reader of transcripts known: its published binary, unpacked into the temporary folder once. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ccusageVersion = '20.0.24';

/** Token sums, in the words of both. */
export interface TokenSums {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** Path of the binary; null where the registry or a binary for this platform is missing. */
export function findCcusage(): string | null {
  const name = `ccusage-${process.platform}-${process.arch}`;
  const folder = join(tmpdir(), `spend-lens-bench-ccusage-${ccusageVersion}`);
  const binary = join(folder, 'package/bin/ccusage');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    spawnSync('npm', ['pack', `@ccusage/${name}@${ccusageVersion}`], { cwd: folder });
    spawnSync('tar', ['xzf', `ccusage-${name}-${ccusageVersion}.tgz`], { cwd: folder });
  }
  if (!existsSync(binary)) {
    return null;
  }
  chmodSync(binary, 0o755);
  return binary;
}

/** One report over everything below a home: seconds, and what it counted. */
export function runCcusage(binary: string, home: string): { readonly seconds: number; readonly sums: TokenSums } {
  const env = {
    ...process.env,
    HOME: home,
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    CODEX_HOME: join(home, '.codex'),
  };
  const startedAt = performance.now();
  const { stdout, status } = spawnSync(binary, ['daily', '--offline', '--json'], { env, maxBuffer: 2 ** 28 });
  const seconds = (performance.now() - startedAt) / 1000;
  if (status !== 0) {
    throw new Error(`ccusage ended with ${status}.`);
  }
  const { totals } = JSON.parse(stdout.toString());
  const { inputTokens, cacheReadTokens, cacheCreationTokens, outputTokens } = totals;
  const sums = {
    input: inputTokens,
    cacheRead: cacheReadTokens,
    cacheWrite: cacheCreationTokens,
    output: outputTokens,
  };
  return { seconds, sums };
}
