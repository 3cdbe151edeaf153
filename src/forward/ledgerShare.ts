import { addSums, type GroupKey, type GroupSums, noSums, type Range } from '../core/sums.ts';
import { sumsOf } from '../ledger/joining/lookUps.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CallRow } from '../ledger/tables/change.ts';

/** What forwarding needs of a ledger. */
export type ForwardedLedger = Pick<Ledger, 'folder' | 'settled' | 'outgoing' | 'group' | 'waiting' | 'markForwarded'>;

/** The calls that a ledger keeps to itself because another ledger of the computer forwards them. */
export interface Withheld {
  /** Resolves when they are known. */
  readonly ready: Promise<void>;
  has(id: string): boolean;
  /** The ids of those in a range. */
  within(range: Range): readonly string[];
}

/** A ledger as far as it is forwarded: without the calls that another one forwards, neither as calls nor in sums. */
export function shareOf(
  ledger: ForwardedLedger & Pick<Ledger, 'call' | 'doubles'>,
  withheld: Withheld,
): ForwardedLedger {
  return {
    folder: ledger.folder,
    settled: async read => {
      await withheld.ready;
      return ledger.settled(read);
    },
    outgoing: (destination, limit) =>
      ledger
        .outgoing(destination, limit)
        .map(outgoing => (withheld.has(outgoing.id) ? { ...outgoing, row: null } : outgoing)),
    group: (range, keys, zone, filter) => {
      const groups = ledger.group(range, keys, zone, filter);
      const ids = withheld.within(range);
      return ids.length === 0 ? groups : takeOff(groups, findRows(ledger, range, ids), keys);
    },
    waiting: destination => ledger.waiting(destination),
    markForwarded: (destination, through) => ledger.markForwarded(destination, through),
  };
}

/** The rows as they are now; of those that retention dropped, what was kept because their sums stay. */
function findRows(ledger: Pick<Ledger, 'call' | 'doubles'>, range: Range, ids: readonly string[]): CallRow[] {
  const kept = new Map(ledger.doubles(range).map(row => [row.id, row]));
  return ids.flatMap(id => ledger.call(id) ?? kept.get(id) ?? []);
}

const labels = {
  model: ({ record }: CallRow) => record.model,
  team: ({ record }: CallRow) => record.team,
  project: ({ record }: CallRow) => record.project,
  user_id: ({ record }: CallRow) => record.userId,
} as const satisfies Partial<Record<GroupKey, (row: CallRow) => string | null>>;

function takeOff(groups: readonly GroupSums[], rows: readonly CallRow[], keys: readonly GroupKey[]): GroupSums[] {
  const rest = new Map<string, GroupSums>();
  const add = ({ key, sums }: GroupSums, sign: 1 | -1) => {
    const name = JSON.stringify(keys.map(each => key[each] ?? null));
    rest.set(name, { key, sums: addSums(rest.get(name)?.sums ?? noSums, sums, sign) });
  };
  for (const group of groups) {
    add(group, 1);
  }
  for (const row of rows) {
    const key = Object.fromEntries(Object.entries(labels).map(([name, read]) => [name, read(row)]));
    add({ key, sums: sumsOf(row) }, -1);
  }
  return [...rest.values()].filter(({ sums }) => sums.requests > 0);
}
