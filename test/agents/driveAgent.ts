import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { connect, disconnect, planConnection } from '../../src/connect/connection.ts';
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
  const disconnectAgent = await connectAgent(agent, place);
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
  await disconnectAgent();
}

/** What "Connect Agent…" does on consent; gives what "Disconnect" does. That must leave the settings as they were, to the byte. */
async function connectAgent({ settings }: RealAgent, { home, telemetry }: Place): Promise<() => Promise<void>> {
  if (!settings || !telemetry) {
    return async () => {};
  }
  const places = { home, env: {}, platform: process.platform };
  const file = settings.file(places);
  const before = readText(file);
  const connection = {
    destination: telemetry,
    owner: home,
    parts: { telemetry: true, hook: false },
    hookCommand: '',
  };
  await connect(await planConnection(settings, places, connection), places, new Date());
  return async () => {
    const { kind } = await disconnect(settings.id, places);
    const after = readText(file);
    if (kind !== 'exact' || after !== before) {
      throw new Error(`Disconnecting ${settings.name} was "${kind}": ${file} is not what it was before.`);
    }
  };
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
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
