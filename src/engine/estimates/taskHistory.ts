import type { SessionHistory } from '../../api/estimateContract.ts';
import { nanoToUsd } from '../../core/money.ts';
import { computeQuantiles, type Quantiles } from '../../core/quantiles.ts';
import { promptTokens } from '../../core/usageRecord.ts';
import type { CallRow } from '../../ledger/tables/change.ts';

/** Fewer sessions say nothing about the next. */
const minimumSessions = 3;
/** A call alone is no agent at work. */
const minimumTurns = 2;

interface Session {
  readonly calls: CallRow[];
}

/** What sessions took, from their calls in the order of time; null for too few. */
export function summarizeTasks(calls: readonly CallRow[]): SessionHistory | null {
  const sessions = groupSessions(calls).filter(session => session.calls.length >= minimumTurns);
  if (sessions.length < minimumSessions) {
    return null;
  }
  const prompts = sessions.map(session => session.calls.map(({ record }) => promptTokens(record.tokens) ?? 0));
  const costs = sessions.flatMap(session => {
    const nanos = session.calls.map(({ cost }) => cost.nanoUsd);
    return nanos.some(nano => nano === null)
      ? []
      : [nanoToUsd(nanos.reduce<number>((sum, nano) => sum + (nano ?? 0), 0))];
  });
  const all = prompts.flat().reduce((sum, tokens) => sum + tokens, 0);
  const cached = calls.reduce((sum, { record }) => sum + record.tokens.cacheRead, 0);
  return {
    sessions: sessions.length,
    turns: quantiles(sessions.map(session => session.calls.length)),
    cost_usd: costs.length >= minimumSessions ? quantiles(costs) : null,
    first_prompt_tokens: quantiles(prompts.map(([first = 0]) => first)),
    growth_tokens: quantiles(prompts.flatMap(growths)),
    output_tokens: quantiles(
      calls.flatMap(({ record }) => (record.tokens.output === null ? [] : [record.tokens.output])),
    ),
    cache_read_share: all === 0 ? 0 : Math.min(1, cached / all),
  };
}

function groupSessions(calls: readonly CallRow[]): Session[] {
  const sessions = new Map<string, Session>();
  for (const call of calls) {
    const { sessionId } = call.record;
    if (sessionId !== null) {
      const session = sessions.get(sessionId) ?? { calls: [] };
      session.calls.push(call);
      sessions.set(sessionId, session);
    }
  }
  return [...sessions.values()];
}

/** What each turn adds to the context; where it shrank, it was compacted or another agent spoke. */
function growths(prompts: readonly number[]): number[] {
  return prompts.slice(1).flatMap((tokens, index) => {
    const growth = tokens - (prompts[index] ?? 0);
    return growth >= 0 ? [growth] : [];
  });
}

function quantiles(values: readonly number[]): Quantiles {
  return computeQuantiles(values) ?? { p10: 0, p50: 0, p90: 0 };
}
