import type { TokenCounts, UsageRecord } from '../../core/usageRecord.ts';

/**
 * Records on their way from one thread to another. Copying some 30 fields a record takes as long as parsing its line, so what records
 * of a file have in common goes once, and their counts as one block of numbers.
 */
export interface RecordPacket {
  /** Records without what differs from call to call. */
  readonly kinds: readonly UsageRecord[];
  /** Per record: its kind, how many ids it has, the place of its request id among its texts (-1: none), and its numbers; NaN is null. */
  readonly numbers: Float64Array;
  /** The ids of all records in order, each followed by its request id where that is none of them. */
  readonly texts: readonly string[];
}

const tokenNames = [
  ...(['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'cacheWrite', 'output', 'reasoning'] as const),
] as const satisfies readonly (keyof TokenCounts)[];
/** Kind, count of ids, place of the request id, time, counts, latency, searches and two amounts. */
const width = 4 + tokenNames.length + 4;
const noTokens: TokenCounts = {
  input: null,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWrite: 0,
  output: null,
  reasoning: null,
};

export function packRecords(records: Iterable<UsageRecord>, count: number): RecordPacket {
  const kinds: UsageRecord[] = [];
  const texts: string[] = [];
  const numbers = new Float64Array(count * width);
  let at = 0;
  for (const record of records) {
    const { ids, requestId, tokens } = record;
    const shown = requestId === null ? -1 : ids.indexOf(requestId);
    texts.push(...ids);
    if (requestId !== null && shown < 0) {
      texts.push(requestId);
    }
    numbers[at] = findKind(kinds, record);
    numbers[at + 1] = ids.length;
    numbers[at + 2] = requestId !== null && shown < 0 ? ids.length : shown;
    numbers[at + 3] = record.timestamp;
    for (let index = 0; index < tokenNames.length; index += 1) {
      numbers[at + 4 + index] = tokens[tokenNames[index] ?? 'input'] ?? Number.NaN;
    }
    numbers[at + width - 4] = record.latencyMs ?? Number.NaN;
    numbers[at + width - 3] = record.webSearches;
    numbers[at + width - 2] = record.billedNanoUsd ?? Number.NaN;
    numbers[at + width - 1] = record.agentCostNanoUsd ?? Number.NaN;
    at += width;
  }
  return { kinds, numbers, texts };
}

export function unpackRecords({ kinds, numbers, texts }: RecordPacket): UsageRecord[] {
  const records: UsageRecord[] = [];
  const whole = (at: number) => numbers[at] ?? 0;
  const known = (at: number) => (Number.isNaN(numbers[at]) ? null : whole(at));
  for (let at = 0, text = 0; at < numbers.length; at += width) {
    const ids = texts.slice(text, text + whole(at + 1));
    const shown = whole(at + 2);
    const requestId = shown < 0 ? null : (texts[text + shown] ?? null);
    text += Math.max(ids.length, shown + 1);
    const kind = kinds[whole(at)];
    if (!kind) {
      throw new Error('A packet of records is damaged.');
    }
    const tokens: TokenCounts = {
      input: known(at + 4),
      cacheRead: whole(at + 5),
      cacheWrite5m: whole(at + 6),
      cacheWrite1h: whole(at + 7),
      cacheWrite: whole(at + 8),
      output: known(at + 9),
      reasoning: known(at + 10),
    };
    records.push({
      ...kind,
      ids,
      requestId,
      timestamp: whole(at + 3),
      tokens,
      latencyMs: known(at + width - 4),
      webSearches: whole(at + width - 3),
      billedNanoUsd: known(at + width - 2),
      agentCostNanoUsd: known(at + width - 1),
    });
  }
  return records;
}

/** The number of a record's kind, the newest first: calls of one file seldom have more than two. */
function findKind(kinds: UsageRecord[], record: UsageRecord): number {
  for (let number = kinds.length - 1; number >= 0; number -= 1) {
    const kind = kinds[number];
    if (kind && isSameKind(kind, record)) {
      return number;
    }
  }
  const nothing = { latencyMs: null, webSearches: 0, billedNanoUsd: null, agentCostNanoUsd: null };
  return kinds.push({ ...record, ids: [], requestId: null, timestamp: 0, tokens: noTokens, ...nothing }) - 1;
}

function isSameKind(a: UsageRecord, b: UsageRecord): boolean {
  return (
    a.model === b.model &&
    a.sessionId === b.sessionId &&
    a.taskType === b.taskType &&
    a.completeness === b.completeness &&
    a.cwd === b.cwd &&
    a.branch === b.branch &&
    a.provider === b.provider &&
    a.agent === b.agent &&
    a.userId === b.userId &&
    a.team === b.team &&
    a.project === b.project &&
    a.folder === b.folder &&
    a.plan === b.plan &&
    a.endpoint === b.endpoint &&
    a.serviceTier === b.serviceTier &&
    a.speed === b.speed &&
    a.inferenceGeo === b.inferenceGeo &&
    a.signal === b.signal
  );
}
