import { UsageError } from '../../../../src/capture/json.ts';
import type {
  LineFormat,
  LineParser,
  TranscriptPlace,
  WholeParser,
} from '../../../../src/capture/transcripts/transcript.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';
import { mergeRecords } from '../../../../src/ledger/joining/merge.ts';

export const changedAt = Date.UTC(2026, 10, 22, 12);

export const somewhere: TranscriptPlace = { sessionId: 's-file', taskType: null, cwd: null, models: [], changedAt };

export interface Reading {
  readonly records: UsageRecord[];
  readonly skipped: number;
}

/** Reads lines as the importer does: only those with a marker; a call told several times once. */
export function readLines(
  format: LineFormat,
  lines: readonly unknown[],
  place = somewhere,
  parser?: LineParser,
): Reading {
  const at = parser ?? format.create(place);
  const records = new Map<string, UsageRecord>();
  let skipped = 0;
  for (const line of lines) {
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    if (format.markers.length > 0 && !format.markers.some(marker => text.includes(marker))) {
      continue;
    }
    try {
      for (const record of at.push(text)) {
        const [id = ''] = record.ids;
        const known = records.get(id);
        records.set(id, known ? mergeRecords(known, record) : record);
      }
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof SyntaxError)) {
        throw error;
      }
      skipped += 1;
    }
  }
  return { records: [...records.values()], skipped };
}

export function readWhole(parse: WholeParser, value: unknown, place = somewhere): Reading {
  const { records, skipped } = parse(value, place);
  return { records: [...records], skipped };
}

/** Prompt, output, cache reads, cache writes (5 min, 1 h, unknown), reasoning. */
export function countsOf({ tokens }: UsageRecord) {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite, reasoning } = tokens;
  return [input, output, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite, reasoning];
}
