import { createPriceBook } from '../../core/prices/priceBook.ts';
import { computeCost } from '../../core/prices/pricing.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { readStoredToken, Token } from '../http/storedToken.ts';
import { lockFolder } from '../lock/folderLock.ts';
import { LiveLedger } from './liveLedger.ts';
import type { InLedger, LiveLedgerOptions } from './liveLedgerOptions.ts';

/**
 * Locks a folder and opens its ledger. Throws `FolderHeldError`, and what opening a ledger throws; then the folder is free
 * again.
 */
export async function openLiveLedger(options: LiveLedgerOptions): Promise<LiveLedger> {
  const { folder, settings, now, log } = options;
  const lock = await lockFolder(folder);
  try {
    const inLedger: InLedger = { book: createPriceBook(settings.prices), labels: settings.labels };
    const token = options.token === null ? await readStoredToken(lock.folder) : new Token(options.token);
    const price = (record: UsageRecord) => computeCost(record, inLedger.book);
    const ledger = await openLedger({ folder: lock.folder, price, labels: () => inLedger.labels, now, log });
    const live = new LiveLedger(lock, ledger, token, inLedger, options);
    await live.forwarding.use(settings.forward);
    // Newer price data may know what was unknown.
    await live.priceWaiting().catch(error => log('warn', `Waiting calls could not be priced: ${error.message}`));
    return live;
  } catch (error) {
    await lock.release();
    throw error;
  }
}
