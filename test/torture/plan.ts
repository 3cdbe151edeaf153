import type { Failpoint } from './failpoint.ts';
import type { Random } from './random.ts';

/** How one engine is killed. */
export interface Plan {
  /** For the table at the end. */
  readonly place: string;
  readonly failpoint: Failpoint | null;
  /** When it is killed from outside after the clients began, ms; also when its failpoint was not reached. */
  readonly afterMs: number;
  /** Kill it so many ms after it was started, whether it listens or not; null for no. */
  readonly startingMs: number | null;
}

const places = [
  { place: 'append', operation: 'write', file: 'journal-', most: 30 },
  { place: 'append', operation: 'write', file: 'journal-', most: 30 },
  { place: 'append', operation: 'write', file: 'journal-', most: 30 },
  { place: 'fsync', operation: 'datasync', file: 'journal-', most: 30 },
  { place: 'fsync', operation: 'datasync', file: 'journal-', most: 30 },
  { place: 'snapshot write', operation: 'write', file: 'usage.sqlite.tmp', most: 1 },
  { place: 'snapshot fsync', operation: 'datasync', file: 'usage.sqlite.tmp', most: 1 },
  { place: 'checksums', operation: 'write', file: 'snapshots.json.tmp', most: 1 },
  { place: 'rename', operation: 'rename', file: 'snapshots.json', most: 1 },
  { place: 'rename', operation: 'rename', file: 'usage.previous.sqlite', most: 1 },
  { place: 'rename', operation: 'rename', file: 'usage.sqlite', most: 1 },
  { place: 'journal rotation', operation: 'create', file: 'journal-', most: 1 },
  { place: 'journal rotation', operation: 'syncFolder', file: '', most: 4 },
  { place: 'journal discard', operation: 'unlink', file: 'journal-', most: 1 },
] as const;
const atStart = ['read', 'create', 'syncFolder', 'list', 'rename'] as const;

/** The plan of the next kill. */
export function planKill(random: Random): Plan {
  const share = random.next();
  const afterMs = random.integer(2500, 3500);
  const kind = random.integer(1, 10);
  if (kind === 1) {
    return { place: 'start', failpoint: null, afterMs, startingMs: random.integer(20, 400) };
  }
  if (kind === 2) {
    const operation = random.pick(atStart);
    const failpoint = { operation, file: '', count: random.integer(1, 3), share, fromStart: true };
    return { place: 'start, at the disk', failpoint, afterMs: random.integer(0, 500), startingMs: null };
  }
  if (kind <= 4) {
    return { place: 'any time', failpoint: null, afterMs: random.integer(0, 1500), startingMs: null };
  }
  const { place, operation, file, most } = random.pick(places);
  const failpoint = { operation, file, count: random.integer(1, most), share, fromStart: false };
  return { place, failpoint, afterMs, startingMs: null };
}
