import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckAnswer } from '../../../../src/api/contract.ts';
import { ask, bearer, makeFolder, type Started, startEngine } from '../startEngine.ts';

export interface Guarded extends Started {
  /** `/t/TOKEN/gateway`. */
  readonly base: string;
  check(question?: Record<string, unknown>): Promise<CheckAnswer>;
  /** Posts a record of so many USD. */
  spend(usd: number, fields?: Record<string, unknown>): Promise<void>;
  /** Replaces the settings and waits until they hold. */
  change(settings: Record<string, unknown>): Promise<void>;
}

/** An engine with these settings, whose upstreams openai and anthropic are one server. */
export async function startGuarded(upstream: string, settings: Record<string, unknown>): Promise<Guarded> {
  const file = join(await makeFolder(), 'settings.json');
  const format = (own: Record<string, unknown>) =>
    JSON.stringify({ gateway: { upstreams: { openai: upstream, anthropic: upstream } }, timeZone: 'UTC', ...own });
  await writeFile(file, format(settings));
  const engine = await startEngine({ settings: file });
  const post = (path: string, body: unknown) =>
    ask(engine.url, path, { headers: bearer(engine.token), body: JSON.stringify(body) });
  return {
    ...engine,
    base: `/t/${engine.token}/gateway`,
    check: async (question = {}) => (await post('/v1/check', question)).json,
    spend: async (usd, fields = {}) => {
      const record = { model: 'made-up', input_tokens: 1, output_tokens: 1, cost_usd: usd, ...fields };
      const { json } = await post('/v1/usage', record);
      if (json.accepted !== 1) {
        throw new Error(JSON.stringify(json));
      }
    },
    change: async own => {
      const before = engine.log.length;
      await writeFile(file, format(own));
      for (
        let tries = 0;
        tries < 200 && !engine.log.slice(before).some(line => line.includes('Settings read'));
        tries++
      ) {
        await new Promise(resolve => setTimeout(resolve, 25));
      }
    },
  };
}
