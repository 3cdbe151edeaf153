import { join } from 'node:path';
import type { ForwardingPlace } from '../forwarding/ledgerForwarding.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { Log } from '../lifecycle/log.ts';
import { ClosedForwarding } from './closedForwarding.ts';
import { ForwardedElsewhere } from './forwardedElsewhere.ts';
import type { MachineSums } from './machineSums.ts';

export interface MachineForwardingOptions {
  /** The global storage: holds the key for pseudonyms, and what is forwarded elsewhere. */
  readonly folder: string;
  readonly readSecret: ForwardingPlace['readSecret'];
  readonly machineSums: MachineSums;
  /** Ledgers that are open, as of now. */
  readonly open: () => readonly LiveLedger[];
  readonly log: Log;
}

/** What forwarding of all the user's ledgers has in common. */
export interface MachineForwarding {
  readonly place: ForwardingPlace;
  readonly closed: Pick<ClosedForwarding, 'use' | 'leave'>;
  stop(): Promise<void>;
}

/** Nothing of it works before a destination is named. */
export function createMachineForwarding(options: MachineForwardingOptions): MachineForwarding {
  const { folder, readSecret, machineSums, open, log } = options;
  const elsewhere = new ForwardedElsewhere({
    path: join(folder, 'forwarded-elsewhere.jsonl'),
    watch: onDouble => machineSums.watchDoubles(onDouble),
    requeue: async (of, ids) => {
      const live = open().find(each => each.folder === of);
      await (live ? live.requeue(ids) : closed.requeue(of, ids));
    },
    log,
  });
  const place = { keyFolder: folder, readSecret, elsewhere };
  const closed = new ClosedForwarding({
    ...place,
    closedLedgers: machineSums.closedLedgers,
    closedFolders: () => machineSums.closedFolders(),
    whenSettled: () => machineSums.whenLooked(),
    log,
  });
  return {
    place,
    closed,
    stop: async () => {
      await elsewhere.stop();
      await closed.stop();
    },
  };
}
