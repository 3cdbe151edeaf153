import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricPoint } from '../../capture/otlp/metrics.ts';
import { computeStep, type SeriesState } from '../../capture/otlp/series.ts';
import { replaceFile } from '../../ledger/disk/files.ts';

/** What cumulative series had counted, kept in the ledger's folder so that a restart counts nothing twice. */
export interface SeriesStore {
  /**
   * The points as steps; those of cumulative series by what was known before. What they reach is durable before this resolves, so
   * that a crash can only lose a step. Throws `StorageError`.
   */
  advance(points: readonly MetricPoint[]): Promise<{
    readonly steps: readonly MetricPoint[];
    /** Forgets the steps, because they could not be stored. */
    undo(): void;
  }>;
}

/** The newest series are kept: no session goes on for longer. */
const maxSeries = 1_000;

/** The series of the ledger in this folder; read when the first cumulative point comes. */
export function createSeriesStore(folder: string): SeriesStore {
  const file = join(folder, 'otlp-series.json');
  let loading: Promise<Map<string, SeriesState>> | null = null;
  let saving: Promise<void> = Promise.resolve();

  const save = (known: Map<string, SeriesState>): Promise<void> => {
    const write = () => replaceFile(file, Buffer.from(`${JSON.stringify([...known])}\n`));
    saving = saving.then(write, write);
    return saving;
  };

  return {
    advance: async points => {
      const cumulative = points.filter(({ isCumulative }) => isCumulative);
      if (cumulative.length === 0) {
        return { steps: points, undo: () => {} };
      }
      loading ??= load(file);
      const known = await loading;
      const before = new Map<string, SeriesState | undefined>();
      const steps = points.filter(({ isCumulative }) => !isCumulative);
      for (const point of cumulative.sort((a, b) => a.timestamp - b.timestamp)) {
        const key = `${point.group}/${point.bucket}/${point.start}`;
        const { state, increment } = computeStep(known.get(key), point);
        before.set(key, before.has(key) ? before.get(key) : known.get(key));
        // Again at the end: the map is in the order of use.
        known.delete(key);
        known.set(key, state);
        steps.push({ ...point, value: increment ?? 0 });
      }
      const undo = () => {
        for (const [key, state] of before) {
          known.delete(key);
          if (state !== undefined) {
            known.set(key, state);
          }
        }
      };
      for (const key of [...known.keys()].slice(0, Math.max(0, known.size - maxSeries))) {
        known.delete(key);
      }
      await save(known).catch(error => {
        undo();
        throw error;
      });
      return { steps, undo };
    },
  };
}

/** A file that can't be read is as good as none: the series count from 0. */
async function load(file: string): Promise<Map<string, SeriesState>> {
  try {
    return new Map(JSON.parse(await readFile(file, 'utf8')) as [string, SeriesState][]);
  } catch {
    return new Map();
  }
}
