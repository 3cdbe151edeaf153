import { cacheWriteTokens, hasCallId, type Signal, type UsageRecord } from '../../core/usageRecord.ts';
import type { Calls } from '../tables/calls.ts';
import type { CallRow, Sighting } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';

/** Signals that watch an agent from outside: two of them may report one call without an id in common. */
const watching: readonly Signal[] = ['gateway', 'otlp_log', 'otlp_span', 'otlp_metric', 'transcript'];
/** Sessions remembered at most. */
const memorySize = 2000;
/** How far apart two reports of one call may be, in ms. */
const twinDistanceMs = 30_000;
/** A gateway tells when a call began, others when it had ended; no call that is matched took longer, ms. */
const longestCallMs = 600_000;

interface Span {
  readonly signal: Signal;
  readonly first: number;
  readonly last: number;
  readonly has_call_ids: number;
}

/**
 * Tells second reports of a call from new calls where ids can't (docs/architecture.md, "One call, one row"): one-to-one by
 * session, equal counts and at most 30 s apart; else the signal that was there first keeps the time it covers. Where a gateway sees no
 * session (Gemini CLI, Cline and Roo name none to their provider), the agent stands for it.
 */
export class SessionSpans {
  readonly #db: Database;
  readonly #calls: Calls;
  /** The spans of sessions that were asked for. */
  readonly #remembered = new Map<string, readonly Span[]>();
  /** Those that are not written yet, by session and signal. */
  readonly #unwritten = new Map<string, { readonly session: string; readonly span: Span }>();
  /** The signals that reported any call; null until they are asked for. */
  #seen: Set<Signal> | null = null;

  constructor(db: Database, calls: Calls) {
    this.#db = db;
    this.#calls = calls;
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
    this.#remembered.clear();
    this.#unwritten.clear();
    this.#seen = null;
  }

  /** Writes the spans that grew since the last time: before a transaction ends. */
  write(): void {
    for (const { session, span } of this.#unwritten.values()) {
      this.#db.run(
        `INSERT OR REPLACE INTO session_span (session, signal, first, last, has_call_ids)
         VALUES ((SELECT id FROM session WHERE name = ?), ?, ?, ?, ?)`,
        ...[session, span.signal, span.first, span.last, span.has_call_ids],
      );
    }
    this.#unwritten.clear();
    if (this.#remembered.size > memorySize) {
      this.#remembered.clear();
    }
  }

  /** A call was stored that these signals reported. */
  see(signals: readonly Signal[]): void {
    for (const signal of signals) {
      this.#seen?.add(signal);
    }
  }

  /** What a record adds to its session's spans; undefined for a record that watches nobody. */
  sightingOf({ sessionId, signal, timestamp, ids }: UsageRecord): Sighting | undefined {
    return sessionId !== null && watching.includes(signal)
      ? { session: sessionId, signal, timestamp, hasCallIds: hasCallId(ids) }
      : undefined;
  }

  extend({ session, signal, timestamp, hasCallIds }: Sighting): void {
    const spans = this.#spansOf(session);
    const known = spans.find(span => span.signal === signal);
    const span: Span = {
      signal,
      first: Math.min(timestamp, known?.first ?? timestamp),
      last: Math.max(timestamp, known?.last ?? timestamp),
      has_call_ids: hasCallIds ? 1 : (known?.has_call_ids ?? 0),
    };
    if (span.first !== known?.first || span.last !== known.last || span.has_call_ids !== known.has_call_ids) {
      const others = spans.filter(other => other !== known);
      this.#remembered.set(
        session,
        [...others, span].sort((a, b) => a.first - b.first),
      );
      this.#unwritten.set(`${signal} ${session}`, { session, span });
    }
  }

  /** The row that another signal made of the same call, when one of the two knows no id. */
  findTwin(record: UsageRecord): CallRow | undefined {
    const { tokens, timestamp, sessionId, signal, agent } = record;
    const isNameless = sessionId === null && signal === 'gateway' && agent !== null;
    if ((!this.#isWatched(record) && !isNameless) || signal === 'otlp_metric' || !this.#hasOther(signal)) {
      return undefined;
    }
    const [from, to] = this.#twinRange(record);
    const rows = this.#calls.read(
      `WHERE c.timestamp BETWEEN ? AND ? AND c.input IS ? AND c.output IS ? AND c.cache_read = ?
       AND c.cache_write_5m + c.cache_write_1h + c.cache_write = ?
       AND (s.name = ? OR (f.agent = ? AND (c.session IS NULL OR ?)))`,
      ...[from, to, tokens.input, tokens.output, tokens.cacheRead, cacheWriteTokens(tokens)],
      ...[sessionId, agent, isNameless ? 1 : 0],
    );
    const distance = (row: CallRow) => Math.abs(endOf(row.record) - endOf(record));
    const sorted = rows.toSorted((a, b) => distance(a) - distance(b));
    return sorted.find(
      row =>
        !row.signals.includes(signal) &&
        // A row of metrics alone is several calls; who replaces it is no twin.
        row.signals.some(other => other !== 'otlp_metric' && watching.includes(other)) &&
        (row.record.sessionId !== null || isNameless || row.signals.includes('gateway')) &&
        endOf(row.record) >= timestamp - twinDistanceMs &&
        (!hasCallId(record.ids) || !this.#calls.hasCallId(row)),
    );
  }

  /** Whether a record would join or be left out here by its session. */
  hasTwin(record: UsageRecord): boolean {
    const isSeen = record.sessionId === null || this.#spansOf(record.sessionId).length > 0;
    return isSeen && (this.findTwin(record) ?? this.findCovering(record)) !== undefined;
  }

  /** When a twin's report may be from: a gateway's is of the time when the call began. */
  #twinRange(record: UsageRecord): [from: number, to: number] {
    const before = this.#seenSignals().has('gateway') && record.signal !== 'gateway' ? longestCallMs : 0;
    return [record.timestamp - twinDistanceMs - before, endOf(record) + twinDistanceMs];
  }

  /** A row of the signal that covers the time of a record, so that the record is no new call. */
  findCovering(record: UsageRecord): CallRow | undefined {
    if (!this.#isWatched(record) || record.signal === 'gateway') {
      return undefined;
    }
    const isMetric = record.signal === 'otlp_metric';
    const { timestamp, sessionId } = record;
    for (const span of this.#spansOf(sessionId)) {
      const isOther = span.signal !== record.signal && span.signal !== 'otlp_metric';
      const isCovered = isMetric || (span.first <= timestamp && timestamp <= span.last);
      const canJoinById = !isMetric && hasCallId(record.ids) && span.has_call_ids === 1;
      if (isOther && isCovered && !canJoinById) {
        const [row] = this.#calls.read(
          `WHERE c.timestamp BETWEEN ? AND ? AND s.name = ? AND (? = 0 OR f.model IS ?)
           ORDER BY abs(c.timestamp - ?) LIMIT 1`,
          // A row that a gateway began is older than the report that gave it its session.
          ...[span.first - longestCallMs, span.last, sessionId, isMetric ? 1 : 0, record.model, timestamp],
        );
        if (row) {
          return row;
        }
      }
    }
    return undefined;
  }

  /** Rows made of metrics alone that a better record of the same session and model takes over. */
  findOutdatedMetrics(record: UsageRecord): CallRow[] {
    const isBetter = this.#isWatched(record) && record.signal !== 'otlp_metric';
    const span = isBetter && this.#spansOf(record.sessionId).find(({ signal }) => signal === 'otlp_metric');
    if (!span) {
      return [];
    }
    return this.#calls.read(
      "WHERE c.timestamp BETWEEN ? AND ? AND s.name = ? AND f.model IS ? AND m.signal = 'otlp_metric'",
      ...[span.first, span.last, record.sessionId, record.model],
    );
  }

  /** Whether another signal than this one ever reported a call that could be the same: in most ledgers none did. */
  #hasOther(signal: Signal): boolean {
    const seen = this.#seenSignals();
    return watching.some(other => other !== signal && other !== 'otlp_metric' && seen.has(other));
  }

  #seenSignals(): ReadonlySet<Signal> {
    if (this.#seen === null) {
      const rows = this.#db.all<{ signals: string }>('SELECT DISTINCT signals FROM manner');
      this.#seen = new Set(rows.flatMap(({ signals }) => signals.split(',') as Signal[]));
    }
    return this.#seen;
  }

  #isWatched({ sessionId, signal }: UsageRecord): boolean {
    return sessionId !== null && watching.includes(signal);
  }

  #spansOf(session: string | null): readonly Span[] {
    if (session === null) {
      return [];
    }
    let spans = this.#remembered.get(session);
    if (!spans) {
      const sql = `SELECT p.signal, p.first, p.last, p.has_call_ids FROM session_span p JOIN session s ON s.id = p.session
        WHERE s.name = ? ORDER BY p.first`;
      spans = this.#db.all<Span>(sql, session);
      this.#remembered.set(session, spans);
    }
    return spans;
  }
}

/** When the call of a report had ended, as far as the report tells, epoch ms. */
function endOf({ signal, timestamp, latencyMs }: UsageRecord): number {
  return signal === 'gateway' ? timestamp + (latencyMs ?? 0) : timestamp;
}
