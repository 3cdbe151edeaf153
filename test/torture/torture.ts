import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, type Findings } from './account.ts';
import { Calls } from './calls.ts';
import { type Endpoint, startEngine, type TorturedEngine } from './engineProcess.ts';
import { type Plan, planKill } from './plan.ts';
import { costNanoUsd, post } from './post.ts';
import { createRandom, type Random } from './random.ts';

export interface TortureOptions {
  /** Path of the engine's script. */
  readonly script: string;
  readonly kills: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

export interface TortureResult extends Findings {
  readonly kills: number;
  /** Acknowledged calls. */
  readonly calls: number;
  /** Kills by place. */
  readonly places: ReadonlyMap<string, number>;
}

const clients = 4;

/** Kills an engine again and again while clients post, and compares what it holds after each start with what they were told. */
export async function torture({ script, kills, seed, log }: TortureOptions): Promise<TortureResult> {
  const random = createRandom(seed);
  const storage = await mkdtemp(join(tmpdir(), 'sl-torture-'));
  const calls = new Calls(createRandom(seed + 1));
  const places = new Map<string, number>();
  const findings = { lost: [] as string[], doubled: [] as string[] };
  const note = (found: Findings | null) => {
    findings.lost.push(...(found?.lost ?? []));
    findings.doubled.push(...(found?.doubled ?? []));
  };
  try {
    for (let kill = 1; kill <= kills && findings.lost.length + findings.doubled.length === 0; kill++) {
      const plan = planKill(random);
      const engine = startEngine(script, storage, plan.failpoint);
      try {
        note(await runRound({ engine, plan, calls, round: kill, random: createRandom(seed + 100 + kill) }));
      } finally {
        engine.kill();
      }
      const end = await engine.ended;
      if (end !== 'SIGKILL') {
        throw new Error(`Kill ${kill} (${plan.place}): the engine ended by itself with ${end}: ${engine.stderr()}`);
      }
      if (/damaged|missing/.test(engine.stderr())) {
        throw new Error(`Kill ${kill} (${plan.place}): a kill damages nothing, but: ${engine.stderr()}`);
      }
      const place = plan.failpoint && !engine.wasFailpoint() ? 'any time' : plan.place;
      places.set(place, (places.get(place) ?? 0) + 1);
      log(`${kill}/${kills} ${place}, ${calls.all.length} calls`);
    }
    const engine = startEngine(script, storage, null);
    const endpoint = await engine.endpoint;
    if (!endpoint) {
      throw new Error(`The engine does not start any more: ${engine.stderr()}`);
    }
    await settle(endpoint, calls);
    note(await audit(endpoint, calls));
    engine.process.kill('SIGTERM');
    const end = await engine.ended;
    if (end !== 0) {
      throw new Error(`The last engine ended with ${end}: ${engine.stderr()}`);
    }
    note(checkDatabase(storage, calls));
  } finally {
    if (findings.lost.length + findings.doubled.length === 0) {
      await rm(storage, { recursive: true, force: true });
    } else {
      log(`What the engine left is kept in ${storage}`);
    }
  }
  return { kills, calls: calls.all.length, places, ...findings };
}

interface Round {
  readonly engine: TorturedEngine;
  readonly plan: Plan;
  readonly calls: Calls;
  readonly round: number;
  readonly random: Random;
}

/** One life of the engine: what is open is settled and compared, then the clients post until it dies. */
async function runRound({ engine, plan, calls, round, random }: Round): Promise<Findings | null> {
  if (plan.startingMs !== null) {
    await Promise.race([sleep(plan.startingMs), engine.ended]);
    engine.kill();
  }
  const endpoint = await engine.endpoint;
  if (!endpoint || !(await settle(endpoint, calls))) {
    return null;
  }
  const found = await audit(endpoint, calls);
  if (found === null || found.lost.length + found.doubled.length > 0) {
    return found;
  }
  engine.process.kill('SIGUSR2');
  const until = Date.now() + plan.afterMs;
  const end = sleep(plan.afterMs).then(engine.kill);
  const isOver = () => engine.hasEnded() || Date.now() >= until;
  await Promise.all(
    Array.from({ length: clients }, (_, client) => runClient({ endpoint, calls, round, client, random, isOver })),
  );
  await Promise.race([end, engine.ended]);
  return found;
}

/** Sends again what nobody acknowledged; false when the engine died meanwhile. */
async function settle(endpoint: Endpoint, calls: Calls): Promise<boolean> {
  for (const call of calls.unsettled()) {
    if (!(await post(endpoint, [call]))) {
      return false;
    }
  }
  return true;
}

interface ClientRun extends Pick<Round, 'calls' | 'round' | 'random'> {
  readonly endpoint: Endpoint;
  readonly client: number;
  readonly isOver: () => boolean;
}

/** Posts in bursts; in the pauses the engine writes its snapshot. */
async function runClient({ endpoint, calls, round, client, random, isOver }: ClientRun): Promise<void> {
  while (!isOver()) {
    for (let n = random.integer(3, 15); n > 0 && !isOver(); n--) {
      const known = random.next() < 0.3 ? calls.pickKnown() : null;
      if (known && random.next() < 0.5) {
        // A report that has grown.
        known.output += random.integer(1, 100);
        known.isAcknowledged = false;
      }
      if (!(await post(endpoint, known ? [known] : calls.create(round, client)))) {
        return;
      }
    }
    for (let waited = 0, pause = random.integer(950, 1250); waited < pause && !isOver(); waited += 25) {
      await sleep(25);
    }
  }
}

/** Every acknowledged call is one row of `usage.sqlite`, under the id that the client was told. */
function checkDatabase(storage: string, calls: Calls): Findings {
  const database = new DatabaseSync(join(storage, 'usage.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT id, cost_nano_usd AS cost FROM token_usage').all() as {
    id: string;
    cost: number;
  }[];
  database.close();
  const costs = new Map(rows.map(({ id, cost }) => [id, cost]));
  const lost = calls.all.flatMap(call =>
    call.row !== null && costs.get(call.row) !== costNanoUsd(call)
      ? [`row ${call.row} of ${call.id ?? call.session}`]
      : [],
  );
  const doubled = rows.length > calls.all.length ? [`${rows.length} rows for ${calls.all.length} calls`] : [];
  return { lost, doubled };
}
