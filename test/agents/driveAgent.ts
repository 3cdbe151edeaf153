import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { connect, planConnection } from '../../src/connect/connection.ts';
import { resultsFolder } from '../run/paths.ts';
import type { Place, RealAgent } from './realAgent.ts';

/** No run takes longer, ms. */
const limitMs = 90_000;

/**
 * Runs an agent in a place, from its first run to its last, with nothing of our own environment but the way to Node and git. Throws
 * when one fails; what it said is in the log file.
 */
export async function driveAgent(agent: RealAgent, modules: string, place: Place, logName: string): Promise<void> {
  const variables = agent.prepare(place);
  await connectAgent(agent, place);
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: place.home,
    USERPROFILE: place.home,
    TMPDIR: join(place.home, 'tmp'),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    NO_PROXY: '127.0.0.1',
    ...variables,
  };
  mkdirSync(env.TMPDIR, { recursive: true });
  for (const [index, args] of agent.runs.entries()) {
    const [command = '', ...first] = agent.program(modules);
    const file = join(resultsFolder, 'agents', `${logName}-${index + 1}.log`);
    const code = await runOnce(command, [...first, ...args], { cwd: place.cwd, env, file });
    if (code !== 0) {
      throw new Error(`Run ${index + 1} of ${agent.name} ended with ${code}: see ${file}.`);
    }
  }
}

/** What "Connect Agent…" does on consent. */
async function connectAgent({ settings }: RealAgent, { home, telemetry }: Place): Promise<void> {
  if (settings && telemetry) {
    const places = { home, env: {}, platform: process.platform };
    const connection = {
      destination: telemetry,
      owner: home,
      parts: { telemetry: true, hook: false },
      hookCommand: '',
    };
    await connect(await planConnection(settings, places, connection), places, new Date());
  }
}

async function runOnce(
  command: string,
  args: readonly string[],
  { cwd, env, file }: { cwd: string; env: NodeJS.ProcessEnv; file: string },
): Promise<number | string> {
  mkdirSync(dirname(file), { recursive: true });
  const log = createWriteStream(file);
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const watchdog = setTimeout(() => child.kill('SIGKILL'), limitMs);
  try {
    return await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
    });
  } finally {
    clearTimeout(watchdog);
    log.end();
    await finished(log);
  }
}
