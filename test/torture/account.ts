import type { Summary } from '../../src/api/contract.ts';
import type { Call, Calls } from './calls.ts';
import type { Endpoint } from './engineProcess.ts';
import { costNanoUsd } from './post.ts';

interface Sums {
  requests: number;
  input: number;
  output: number;
  nanoUsd: number;
}

/** What is wrong with what the engine holds. */
export interface Findings {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

const none: Sums = { requests: 0, input: 0, output: 0, nanoUsd: 0 };

/**
 * Compares what the engine holds with what the clients were told, session by session and in total. Every call with an id must
 * be settled before. Null when the engine did not answer. Calls in doubt that did not land leave the account.
 */
export async function audit(endpoint: Endpoint, calls: Calls): Promise<Findings | null> {
  const summary = await readSummary(endpoint);
  if (!summary) {
    return null;
  }
  const stored = new Map(summary.groups.map(group => [group.key.session_id ?? '', toSums(group)]));
  for (const call of calls.inDoubt()) {
    if (stored.has(call.session)) {
      call.isAcknowledged = true;
    } else {
      calls.drop(call);
    }
  }
  return compare(calls.all, stored, toSums(summary.total));
}

function compare(calls: readonly Call[], stored: ReadonlyMap<string, Sums>, total: Sums): Findings {
  const expected = new Map<string, Sums>();
  const all = { ...none };
  for (const call of calls) {
    const sums = expected.get(call.session) ?? { ...none };
    expected.set(call.session, sums);
    for (const each of [sums, all]) {
      each.requests += 1;
      each.input += call.input;
      each.output += call.output;
      each.nanoUsd += costNanoUsd(call);
    }
  }
  const lost: string[] = [];
  const doubled: string[] = [];
  const check = (name: string, want: Sums, have: Sums) => {
    const text = `${name}: expected ${JSON.stringify(want)}, stored ${JSON.stringify(have)}`;
    if (have.requests > want.requests || have.nanoUsd > want.nanoUsd) {
      doubled.push(text);
    } else if (JSON.stringify(have) !== JSON.stringify(want)) {
      lost.push(text);
    }
  };
  for (const session of new Set([...expected.keys(), ...stored.keys()])) {
    check(session, expected.get(session) ?? none, stored.get(session) ?? none);
  }
  check('total', all, total);
  return { lost, doubled };
}

async function readSummary({ url, token }: Endpoint): Promise<Summary | null> {
  try {
    const response = await fetch(`${url}/t/${token}/v1/summary?period=7d&group_by=session_id`);
    return (await response.json()) as Summary;
  } catch {
    return null;
  }
}

function toSums(figures: Summary['total']): Sums {
  return {
    requests: figures.requests,
    input: figures.prompt_tokens,
    output: figures.completion_tokens,
    nanoUsd: Math.round((figures.cost_usd ?? 0) * 1e9),
  };
}
