import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../contributions.ts';
import { createPriceBook } from '../../core/prices/priceBook.ts';
import { computeCost } from '../../core/prices/pricing.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import type { FailedCall } from '../../ledger/side/failedCalls.ts';
import { readStoredToken } from '../http/storedToken.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { Log } from '../lifecycle/log.ts';
import { FolderHeldError, lockFolder } from '../lock/folderLock.ts';

/** What calls used that outlasted the engine that began them. */
export interface LateRecords {
  readonly records: readonly UsageRecord[];
  readonly failed: readonly FailedCall[];
}

/** The successor may be starting, or busy with a long import. ms */
const patienceMs = 120_000;
const pauseMs = 500;

/**
 * Stores what is late in the ledger of a folder that this engine has let go: through the engine that owns it now (`POST /v1/late`), or, where
 * nobody does, by opening it for that. Rejects when neither works for two minutes.
 */
export async function deliverLate({ folder, settings }: LiveLedger, late: LateRecords, log: Log): Promise<void> {
  for (const until = Date.now() + patienceMs; ; await sleep(pauseMs)) {
    try {
      await storeIn(folder, settings, late, log);
      return;
    } catch (error) {
      const url = error instanceof FolderHeldError ? error.owner.url : null;
      if (url !== null && (await post(url, folder, late))) {
        return;
      }
      if (Date.now() > until) {
        throw error;
      }
    }
  }
}

async function storeIn(folder: string, settings: Settings, late: LateRecords, log: Log): Promise<void> {
  const lock = await lockFolder(folder);
  lock.announce({ leaving: true });
  try {
    const book = createPriceBook(settings.prices);
    const price = (record: UsageRecord) => computeCost(record, book);
    const ledger = await openLedger({ folder: lock.folder, price, labels: () => settings.labels, now: Date.now, log });
    try {
      await ledger.append(late.records);
      await ledger.failed.append(late.failed);
    } finally {
      await ledger.close();
    }
  } finally {
    await lock.release();
  }
}

async function post(url: string, folder: string, late: LateRecords): Promise<boolean> {
  try {
    const token = await readStoredToken(folder);
    const answer = await fetch(`${url}/v1/late`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.text}`, 'content-type': 'application/json' },
      body: JSON.stringify(late),
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
