import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Appended } from '../../ledger/ledger.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { ImportSink } from './recordBatch.ts';

/** Calls that a followed agent made longer ago are history, ms: nobody is notified of what they bring the spend to. */
const freshMs = 600_000;

type SinkFor = (record: UsageRecord) => ImportSink;

/** Sinks that take everything as history. */
export function createHistorySinks(ledgerFor: (record: UsageRecord) => LiveLedger): SinkFor {
  return createSinks(ledgerFor, live => ({ append: records => live.appendHistory(records) }));
}

/** Sinks for agents that are followed: what they did just now counts like any other call, what is older as history. */
export function createLiveSinks(ledgerFor: (record: UsageRecord) => LiveLedger, now: () => number): SinkFor {
  return createSinks(ledgerFor, live => ({
    append: async records => {
      const isFresh = ({ timestamp }: UsageRecord) => timestamp > now() - freshMs;
      const fresh = records.filter(isFresh);
      const old = records.filter(record => !fresh.includes(record));
      const appended = new Map<UsageRecord, Appended | null>();
      const remember = (some: readonly UsageRecord[], results: readonly (Appended | null)[]) => {
        for (const [index, record] of some.entries()) {
          appended.set(record, results[index] ?? null);
        }
      };
      // History first: a threshold that it has crossed already is not due to the first fresh call.
      remember(old, old.length > 0 ? await live.appendHistory(old) : []);
      remember(fresh, fresh.length > 0 ? await live.append(fresh) : []);
      return records.map(record => appended.get(record) ?? null);
    },
  }));
}

function createSinks(
  ledgerFor: (record: UsageRecord) => LiveLedger,
  create: (live: LiveLedger) => ImportSink,
): SinkFor {
  const sinks = new WeakMap<LiveLedger, ImportSink>();
  return record => {
    const live = ledgerFor(record);
    const sink = sinks.get(live) ?? create(live);
    sinks.set(live, sink);
    return sink;
  };
}
