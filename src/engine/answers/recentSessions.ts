import type { SessionTotals } from '../../api/contract.ts';
import type { Range } from '../../core/sums.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { formatFigures } from './figures.ts';

const hourMs = 3_600_000;
const allTime: Range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
/** More than a tooltip shows. */
const mostSessions = 5;

/** The sessions of a ledger with a call in the last hour, known without looking through the calls again. */
export class RecentSessions {
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #sessions = new Map<string, { lastMs: number; readonly agents: Set<string> }>();

  /** `now` is epoch ms. */
  constructor(ledger: Ledger, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
    for (const { sessionId, lastMs, agents } of ledger.sessions({
      fromMs: now() - hourMs,
      toMs: Number.MAX_SAFE_INTEGER,
    })) {
      if (sessionId !== null) {
        this.#sessions.set(sessionId, { lastMs, agents: new Set(agents) });
      }
    }
  }

  /** Records were stored. */
  note(records: readonly UsageRecord[]): void {
    const since = this.#now() - hourMs;
    for (const { sessionId, timestamp, agent } of records) {
      if (sessionId !== null && timestamp > since) {
        const known = this.#sessions.get(sessionId) ?? { lastMs: timestamp, agents: new Set() };
        known.lastMs = Math.max(known.lastMs, timestamp);
        if (agent !== null) {
          known.agents.add(agent);
        }
        this.#sessions.set(sessionId, known);
      }
    }
  }

  /** The latest first, each with the figures of all of it. */
  list(): SessionTotals[] {
    const since = this.#now() - hourMs;
    for (const [id, { lastMs }] of this.#sessions) {
      if (lastMs <= since) {
        this.#sessions.delete(id);
      }
    }
    return [...this.#sessions]
      .sort(([, a], [, b]) => b.lastMs - a.lastMs)
      .slice(0, mostSessions)
      .flatMap(([id, { lastMs, agents }]) => {
        const sums = this.#ledger.sum(allTime, { session_id: [id] });
        // It was deleted, or its calls belong to another one.
        return sums.requests === 0
          ? []
          : [
              {
                session_id: id,
                agents: [...agents].sort(),
                last_record: new Date(lastMs).toISOString(),
                ...formatFigures(sums),
              },
            ];
      });
  }
}
