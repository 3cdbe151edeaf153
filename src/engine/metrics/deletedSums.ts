import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../ledger/disk/files.ts';
import { addReadings, formatReading, noReading, parseReading, type Reading } from './reading.ts';

const fileName = 'metrics-deleted.json';

/**
 * What users deleted from a ledger after a scraper was told of it, as sums by the labels of metrics: the counters go on from there,
 * as if it had not been deleted. Null for a ledger that no scraper was ever told of: nothing is kept of what is deleted from it.
 */
export async function readDeleted(folder: string): Promise<Reading | null> {
  try {
    return parseReading(await readFile(join(folder, fileName), 'utf8'));
  } catch {
    return null;
  }
}

/** Remembers that a scraper is told of a ledger from now on, and gives what was deleted from it. Throws `StorageError`. */
export async function followDeletions(folder: string): Promise<Reading> {
  const deleted = await readDeleted(folder);
  if (deleted === null) {
    await write(folder, noReading);
  }
  return deleted ?? noReading;
}

/** Adds what was just deleted, if a scraper was told of the ledger. Throws `StorageError`. */
export async function keepDeleted(folder: string, gone: Reading): Promise<void> {
  const deleted = await readDeleted(folder);
  if (deleted !== null && gone.sums.size + gone.failed.size > 0) {
    await write(folder, addReadings(deleted, gone));
  }
}

function write(folder: string, reading: Reading): Promise<void> {
  return replaceFile(join(folder, fileName), Buffer.from(formatReading(reading)));
}
