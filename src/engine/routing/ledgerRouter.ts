import type { UsageRecord } from '../../core/usageRecord.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { FolderLedgers } from './folderLedgers.ts';
import type { SessionFolders } from './sessionFolders.ts';

/** Where a record belongs. */
export interface Placed {
  readonly live: LiveLedger;
  /** With the working folder of its session, where it names none itself. */
  readonly record: UsageRecord;
}

/** Finds the ledger of records that came by the machine's token, or from a transcript. */
export interface LedgerRouter {
  /** By the working folder, its own or its session's, as far as that is known now. */
  place(record: UsageRecord): Placed;
  /** Looks for the folders of sessions that nobody has named yet. */
  look(records: readonly UsageRecord[]): Promise<void>;
  /** A session works in this folder. */
  learn(session: string, cwd: string): void;
  /** Writes what was learned. Throws `StorageError`. */
  save(): Promise<void>;
}

export interface RouterOptions {
  readonly machine: LiveLedger;
  readonly folders: Pick<FolderLedgers, 'find'>;
  readonly sessions: SessionFolders;
  readonly ledgers: () => readonly LiveLedger[];
  /** Asks an agent's own files where a session works. */
  readonly findFolder: (agent: string, session: string) => Promise<string | null>;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A session that was looked for in vain is not looked for again so soon, ms; and of such sessions so many are remembered. */
const againMs = 10_000;
const vainLimit = 1_000;

export function createLedgerRouter(options: RouterOptions): LedgerRouter {
  const { machine, folders, sessions, ledgers, findFolder, now } = options;
  /** Looked for in vain, and when. */
  const vain = new Map<string, number>();

  function isUnknown({ agent, sessionId, cwd }: UsageRecord): boolean {
    return cwd === null && sessionId !== null && agent !== null && sessions.find(sessionId) === null;
  }

  return {
    place: record => {
      const { sessionId } = record;
      const cwd = record.cwd ?? (sessionId === null ? null : sessions.find(sessionId));
      if (record.cwd !== null && sessionId !== null) {
        sessions.learn(sessionId, record.cwd);
      }
      const own = folders.find(cwd) ?? machine;
      // A report without an id in common with others must meet them where they are, to be one row with them.
      const live = ledgers().find(other => other !== own && other.ledger.hasTwin(record)) ?? own;
      return { live, record: cwd === record.cwd ? record : { ...record, cwd } };
    },
    look: async records => {
      const wanted = new Map(records.filter(isUnknown).map(({ agent, sessionId }) => [String(sessionId), agent ?? '']));
      for (const [session, agent] of wanted) {
        if ((vain.get(session) ?? Number.NEGATIVE_INFINITY) > now() - againMs) {
          continue;
        }
        const cwd = await findFolder(agent, session);
        vain.delete(session);
        if (cwd !== null) {
          sessions.learn(session, cwd);
        } else {
          vain.set(session, now());
        }
        const [oldest] = vain.size > vainLimit ? vain.keys() : [];
        vain.delete(oldest ?? '');
      }
    },
    learn: sessions.learn,
    save: sessions.save,
  };
}
