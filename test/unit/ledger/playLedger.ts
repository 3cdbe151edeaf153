import type { Disk } from '../../../src/ledger/disk/disk.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { openLedger } from '../../../src/ledger/openLedger.ts';
import { makeRecord, makeTokens, noon, price } from './makeLedger.ts';

/** What became of the records of a run, by their names. */
export interface Outcome {
  readonly acknowledged: string[];
  readonly refused: string[];
  /** Errors that are not the disk's: there must be none. */
  readonly surprises: unknown[];
}

export const createOutcome = (): Outcome => ({ acknowledged: [], refused: [], surprises: [] });

export function openOn(disk: Disk): Promise<Ledger> {
  return openLedger({ folder: '/ledger', price, now: () => noon, log: () => undefined, disk });
}

/** A record that is found by its name again; with an id unless the name begins with `anonymous`. */
function named(name: string, output = 500) {
  const ids = name.startsWith('anonymous') ? [] : [`req_${name}`];
  return makeRecord({ ids, sessionId: name, tokens: makeTokens({ output }) });
}

/** Appends and flushes of every kind; a name with `again` was appended before. */
const script: readonly (readonly string[] | 'flush')[] = [
  ['a'],
  ['b', 'anonymous 1'],
  'flush',
  ['c', 'a'],
  ['anonymous 2'],
  'flush',
  ['d', 'd'],
  'flush',
  ['e', 'anonymous 3', 'f'],
  ['g', 'anonymous 4', 'h'],
];

/** Plays the script on an open ledger, and goes on after every refusal. Stops when `isOver`. */
export async function play(ledger: Ledger, outcome: Outcome, isOver: () => boolean = () => false): Promise<void> {
  const known = new Set<string>();
  for (const step of script) {
    if (isOver()) {
      return;
    }
    try {
      if (step === 'flush') {
        await ledger.flush();
      } else {
        await ledger.append(step.map(name => named(name)));
        outcome.acknowledged.push(...step.filter(name => !known.has(name)));
        for (const name of step) {
          known.add(name);
        }
      }
    } catch (error) {
      if ((error as Error).name !== 'StorageError') {
        outcome.surprises.push(error);
      }
      if (step !== 'flush') {
        outcome.refused.push(...step);
      }
    }
  }
}

export async function appendNamed(ledger: Ledger, name: string, outcome: Outcome): Promise<void> {
  await ledger.append([named(name)]);
  outcome.acknowledged.push(name);
}

/** Names of the stored records, sorted, each as often as it is there. */
export function storedNames(ledger: Ledger): string[] {
  return ledger
    .recent(1000)
    .map(({ sessionId }) => sessionId ?? '')
    .sort();
}

/** Acknowledged names, sorted, each once. */
export const acknowledgedNames = ({ acknowledged }: Outcome): string[] => [...new Set(acknowledged)].sort();
