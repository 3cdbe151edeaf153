/** The published CLIs, installed from npm into the system's temporary folder once per set of versions. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { RealAgent } from './realAgent.ts';

/** `SPEND_LENS_AGENTS=latest` takes the newest versions instead of those that the tests were written with. */
const isLatest = process.env.SPEND_LENS_AGENTS === 'latest';

/** The `node_modules` folder that has the agents. Throws with npm's words when they can't be installed. */
export function installAgents(agents: readonly RealAgent[]): string {
  const names = agents.map(agent => `${agent.package}@${isLatest ? 'latest' : agent.version}`);
  const day = isLatest ? new Date().toISOString().slice(0, 10) : '';
  const key = createHash('sha256')
    .update([...names, day].join())
    .digest('hex')
    .slice(0, 12);
  const folder = join(tmpdir(), `spend-lens-agents-${key}`);
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    // Their own scripts only copy the programs, which we start where they are. This Node first: npm picks versions by it.
    const { status, stderr, error } = spawnSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...names],
      {
        cwd: folder,
        env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
        shell: process.platform === 'win32',
      },
    );
    if (status !== 0) {
      throw new Error(`The agents can't be installed: ${error?.message ?? stderr.toString().slice(-1000)}`);
    }
    writeFileSync(done, '');
  }
  return join(folder, 'node_modules');
}
