import { promptTokens, type UsageRecord } from '../../core/usageRecord.ts';

/** A span as far as it matters here: where it stands in its trace, and the call it tells of. */
export interface TracedCall {
  readonly id: string | null;
  readonly parent: string | null;
  readonly record: UsageRecord | null;
}

interface Node {
  readonly id: string;
  readonly parent: string | null;
  readonly record: UsageRecord | null;
  /** A call inside of it was found to be the same. */
  isOuter: boolean;
  /** Ids of the same call in a span around it. */
  others: readonly string[];
}

/** Spans are remembered up to so many: those of one call end together, but may come in two deliveries. */
const limit = 2_000;
/** Nobody wraps a call in more spans. */
const maxDepth = 32;

/**
 * Finds calls that two instrumentations tell as nested spans of one trace (a framework's around that of the library it calls): a span
 * inside another with the same whole prompt and output is the same call, and gets its ids. One inside, one outside: two calls in one span
 * that look alike stay two.
 */
export class SpanNesting {
  readonly #nodes = new Map<string, Node>();
  /** Calls whose next span above has not come yet, by its id. */
  readonly #waiting = new Map<string, Node[]>();

  /** The records of a delivery; those that turn out to be one call have ids in common. A record of an earlier delivery may come again. */
  join(spans: readonly TracedCall[]): UsageRecord[] {
    const told = new Map<string | symbol, UsageRecord>();
    for (const { id, parent, record } of spans) {
      const known = id === null ? undefined : this.#nodes.get(id);
      if (record) {
        // A delivery that is repeated, because storing it failed, is told as it was.
        told.set(id ?? Symbol(), withIds(record, known?.others ?? []));
      }
      if (id === null || known) {
        continue;
      }
      const node: Node = { id, parent, record, isOuter: false, others: [] };
      this.#nodes.set(id, node);
      const below = this.#waiting.get(id) ?? [];
      this.#waiting.delete(id);
      for (const inner of below) {
        this.#climb(inner, id, told);
      }
      if (record && parent !== null) {
        this.#climb(node, parent, told);
      }
    }
    this.#forget();
    return [...told.values()];
  }

  /** Looks for the same call in the spans above, beginning with one. */
  #climb(inner: Node, from: string, told: Map<string | symbol, UsageRecord>): void {
    let next: string | null = from;
    for (let depth = 0; next !== null && depth < maxDepth; depth += 1) {
      const above: Node | undefined = this.#nodes.get(next);
      if (!above) {
        this.#waiting.set(next, [...(this.#waiting.get(next) ?? []), inner]);
        return;
      }
      if (above.record && inner.record && !above.isOuter && isAlike(above.record, inner.record)) {
        above.isOuter = true;
        inner.others = above.record.ids;
        told.set(inner.id, withIds(inner.record, inner.others));
        return;
      }
      next = above.parent;
    }
  }

  #forget(): void {
    for (const map of [this.#nodes, this.#waiting]) {
      for (const oldest of map.keys()) {
        if (map.size <= limit) {
          break;
        }
        map.delete(oldest);
      }
    }
  }
}

function withIds(record: UsageRecord, ids: readonly string[]): UsageRecord {
  return ids.length === 0 ? record : { ...record, ids: [...new Set([...record.ids, ...ids])] };
}

/** Emitters count the cache apart or not at all, but agree on the whole prompt. */
function isAlike(a: UsageRecord, b: UsageRecord): boolean {
  return a.tokens.output === b.tokens.output && promptTokens(a.tokens) === promptTokens(b.tokens);
}
