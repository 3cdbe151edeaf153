/** Engines that forward, for the tests beside this file. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import type { ForwardDestination } from '../../../src/contributions.ts';
import { type EngineProcess, startProcess } from '../engineProcess.ts';
import type { SmallDisk } from '../smallDisk.ts';
import { findPostgres, Postgres } from './postgres.ts';

export { makeFolder } from '../engineProcess.ts';

/** A server that is gone when the test is; the test is skipped, with the reason, where none can be had. */
export async function startPostgres(ctx: TestContext, disk?: SmallDisk): Promise<Postgres> {
  const bin = findPostgres();
  if (bin === null) {
    return ctx.skip('PostgreSQL is neither on the PATH nor to be had as a Debian package.');
  }
  const postgres = await Postgres.start(bin, { disk });
  onTestFinished(() => postgres.remove());
  return postgres;
}

/** A role whose password, `open sesame`, the server asks for; gives its URL. */
export async function makeSecretive(postgres: Postgres): Promise<string> {
  const hba = join(postgres.folder, 'data/pg_hba.conf');
  await postgres.query("CREATE ROLE secretive LOGIN SUPERUSER PASSWORD 'open sesame'");
  await writeFile(hba, `host all secretive 127.0.0.1/32 scram-sha-256\n${await readFile(hba, 'utf8')}`);
  await postgres.query('SELECT pg_reload_conf()');
  return postgres.url('secretive');
}

/** The destination `team`, without TLS. */
export function toTeam(url: string, privacy: ForwardDestination['privacy'] = 'full'): ForwardDestination {
  return { name: 'team', type: 'postgresql', url, privacy, tls: 'off' };
}

/** Posts a provider's answer that makes one call of `r1` and `r2`, with 3,000 tokens in and 500 out. */
export async function postJoiningAnswer({ url, token }: { url: string; token: string }, labels = {}): Promise<void> {
  const usage = { prompt_tokens: 3000, completion_tokens: 500 };
  const response = { id: 'r1', model: 'gpt-4.1', object: 'chat.completion', choices: [], usage };
  await fetch(`${url}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'r2' },
    body: JSON.stringify({ response, request_id: 'r2', ...labels }),
  });
}

/** Starts an engine on a folder, with a settings file in it. */
export async function startEngine(
  storage: string,
  forward: readonly ForwardDestination[],
  env: Record<string, string> = {},
): Promise<EngineProcess> {
  const settings = `${storage}.settings.json`;
  onTestFinished(() => rm(settings, { force: true }));
  await writeFile(settings, JSON.stringify({ timeZone: 'UTC', budget: { daily: 0 }, forward }));
  return startProcess(['--storage', storage, '--port', '0', '--settings', settings], env);
}

/** Tries until something holds; throws its last error. */
export async function eventually<T>(check: () => Promise<T>, ms = 30_000): Promise<T> {
  for (const until = Date.now() + ms; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) {
        throw error;
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}
