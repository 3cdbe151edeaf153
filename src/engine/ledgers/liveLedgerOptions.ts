import type { Labels, Settings } from '../../contributions.ts';
import type { PriceBook } from '../../core/prices/priceBook.ts';
import type { MachineRoom } from '../budgets/ledgerBudgets.ts';
import type { NoticeTargets } from '../budgets/noticeTargets.ts';
import type { ForwardingPlace } from '../forwarding/ledgerForwarding.ts';
import type { Log } from '../lifecycle/log.ts';
import type { MachineSums } from '../machine/machineSums.ts';

/** What a ledger at work is given. */
export interface LiveLedgerOptions {
  /** Made when missing. */
  readonly folder: string;
  readonly settings: Settings;
  /** Its ingest token; null for the one stored in the folder. */
  readonly token: string | null;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Log;
  /** The sums over all ledgers, where there are several. */
  readonly machine?: MachineSums;
  /** What the budgets of all ledgers have in common, where there are several; null until the machine's ledger is open. */
  readonly room?: () => MachineRoom | null;
  /** The windows of all ledgers, where there are several. */
  readonly targets?: NoticeTargets;
  readonly forwarding: ForwardingPlace;
}

/** What of the settings the ledger works with, in one place so that new ones reach it. */
export interface InLedger {
  book: PriceBook;
  labels: Labels;
}
