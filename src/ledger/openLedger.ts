import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { realDisk } from './disk/disk.ts';
import { Journal } from './disk/journal.ts';
import { SnapshotFiles } from './disk/snapshot.ts';
import { parseCallId } from './joining/callId.ts';
import type { Ledger, LedgerOptions } from './ledger.ts';
import { OpenLedger } from './opened.ts';
import type { Change } from './tables/change.ts';
import type { Database } from './tables/database.ts';
import { migrate } from './tables/schema.ts';
import { Tables } from './tables/tables.ts';

/**
 * Opens the ledger of a folder: newest sound snapshot, then the journal after it. The caller holds the folder's lock. Throws
 * `StorageError` or the system's error when files can't be read.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { disk = realDisk } = options;
  await disk.makeFolder(options.folder);
  const files = new SnapshotFiles(options.folder, disk);
  const { db, sequence, warnings } = await files.load(options.now());
  db.reserve();
  migrate(db);
  const journal = new Journal(options.folder, disk);
  let replayed: Tables | undefined;
  db.exec('BEGIN');
  const journalWarnings = await journal.replay(sequence, options.now(), change => {
    replayed ??= new Tables(db, nameLedger(db, change));
    replayed.apply(change);
  });
  const tables: Tables = replayed ?? new Tables(db, nameLedger(db, null));
  tables.write();
  db.exec('COMMIT');
  const allWarnings = [...warnings, ...journalWarnings];
  for (const warning of allWarnings) {
    options.log('warn', warning);
  }
  const ledger = new OpenLedger({ options, db, tables, journal, files, warnings: allWarnings });
  if (sequence === 0) {
    // A new folder is as new as what is in it.
    await disk.syncFolder(dirname(options.folder)).catch(() => undefined);
  }
  if (journal.sequence > sequence || sequence === 0) {
    ledger.schedule.touch();
  }
  return ledger;
}

/** The name that the ids of a ledger's calls begin with: the one it has, also when only its journal is left, else a new one. */
function nameLedger(db: Database, change: Change | null): string {
  const stored = db.get<{ value: string }>("SELECT value FROM meta WHERE key = 'ledger'")?.value;
  const journaled = change?.kind === 'call' ? parseCallId(change.row.id)?.ledger : undefined;
  const name = stored ?? journaled ?? randomBytes(6).toString('hex');
  db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('ledger', ?)", name);
  return name;
}
