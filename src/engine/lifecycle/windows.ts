import type { Notice, WindowRegistration } from '../../api/contract.ts';
import type { EventStream } from '../http/eventStream.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { Log } from './log.ts';

/** One VS Code window. */
export interface WindowEntry {
  readonly id: string;
  readonly ledger: LiveLedger;
}

export interface WindowsOptions {
  /** Opens the ledger that a registration means, and gives it the window's settings. */
  readonly findLedger: (registration: WindowRegistration) => Promise<LiveLedger>;
  /** Called when there has been no window for `idleMs`. */
  readonly onIdle: () => void;
  readonly idleMs: number;
  /** How long a registered window may take to open its stream, ms. */
  readonly graceMs?: number;
  readonly log: Log;
}

/** The windows that are there. A window's event stream is its lease: when it closes, the window is gone. */
export interface Windows {
  /** Adds a window, or takes its new registration. Throws what opening its ledger throws. */
  register(id: string, registration: WindowRegistration): Promise<WindowEntry>;
  find(id: string): WindowEntry | undefined;
  /** Ties a registered window to its stream. */
  attach(entry: WindowEntry, stream: EventStream): void;
  forget(id: string): void;
  /** Something is under way that must not be left for want of windows; call what it gives when that is over. */
  hold(): () => void;
  stop(): void;
}

interface Lease extends WindowEntry {
  stream: EventStream | null;
  /** Takes the window away from those its ledger asks to show notices. */
  leaveTargets: () => void;
  grace: NodeJS.Timeout | null;
}

export function createWindows({ findLedger, onIdle, idleMs, graceMs = 30_000, log }: WindowsOptions): Windows {
  const leases = new Map<string, Lease>();
  let registering = 0;
  let holds = 0;
  let idle: NodeJS.Timeout | undefined;

  function watchIdle(): void {
    clearTimeout(idle);
    if (leases.size === 0 && registering === 0 && holds === 0) {
      idle = setTimeout(onIdle, idleMs);
    }
  }

  function forget(lease: Lease): void {
    clearTimeout(lease.grace ?? undefined);
    lease.leaveTargets();
    if (leases.get(lease.id) === lease) {
      leases.delete(lease.id);
      log('info', `A window left; ${leases.size} remain.`);
      watchIdle();
    }
    lease.stream?.close();
  }

  function expect(lease: Lease): void {
    lease.grace = setTimeout(() => forget(lease), graceMs);
    lease.grace.unref();
  }

  watchIdle();
  return {
    find: id => leases.get(id),
    register: async (id, registration) => {
      registering += 1;
      clearTimeout(idle);
      try {
        const ledger = await findLedger(registration);
        const known = leases.get(id);
        if (known?.ledger === ledger) {
          return known;
        }
        const lease: Lease = { id, ledger, stream: null, leaveTargets: () => {}, grace: null };
        leases.set(id, lease);
        if (known) {
          // Another folder: the window opens its stream anew, on the other ledger.
          forget(known);
        }
        expect(lease);
        log('info', `A window came; ${leases.size} are here.`);
        return lease;
      } finally {
        registering -= 1;
        watchIdle();
      }
    },
    attach: (entry, stream) => {
      const lease = leases.get(entry.id);
      if (lease === undefined || lease !== entry) {
        stream.close();
        return;
      }
      clearTimeout(lease.grace ?? undefined);
      const previous = lease.stream;
      lease.leaveTargets();
      lease.stream = stream;
      lease.leaveTargets = once(
        lease.ledger.watch.addTarget({ send: (notice: Notice) => stream.send('notice', notice) }),
      );
      stream.onClose(() => {
        if (lease.stream === stream) {
          forget(lease);
        }
      });
      previous?.close();
    },
    forget: id => {
      const lease = leases.get(id);
      if (lease) {
        forget(lease);
      }
    },
    hold: () => {
      holds += 1;
      clearTimeout(idle);
      return once(() => {
        holds -= 1;
        watchIdle();
      });
    },
    stop: () => {
      clearTimeout(idle);
      for (const lease of leases.values()) {
        clearTimeout(lease.grace ?? undefined);
        lease.stream?.close();
      }
    },
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      run();
    }
  };
}
