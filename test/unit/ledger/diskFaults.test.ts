import { describe, expect, it } from 'vitest';
import { type Fault, FaultyDisk, type Operation } from './faultyDisk.ts';
import { noon } from './makeLedger.ts';
import { MemoryDisk } from './memoryDisk.ts';
import { acknowledgedNames, appendNamed, createOutcome, openOn, play, storedNames } from './playLedger.ts';

const day = { fromMs: noon - 43_200_000, toMs: noon + 43_200_000 };

/** Operations that a full disk refuses: those that need room. */
const needsRoom: readonly Operation[] = ['create', 'write', 'datasync', 'rename', 'copy', 'syncFolder'];
const needsRights: readonly Operation[] = ['create', 'read', 'list', 'rename', 'copy', 'unlink', 'syncFolder'];

const faults: readonly { name: string; fault: Fault; hits: (operation: Operation) => boolean }[] = [
  { name: 'ENOSPC', fault: { kind: 'error', code: 'ENOSPC' }, hits: operation => needsRoom.includes(operation) },
  { name: 'EIO', fault: { kind: 'error', code: 'EIO' }, hits: () => true },
  { name: 'EACCES', fault: { kind: 'error', code: 'EACCES' }, hits: operation => needsRights.includes(operation) },
  { name: 'a short write', fault: { kind: 'short' }, hits: operation => operation === 'write' },
  { name: 'half a write, then ENOSPC', fault: { kind: 'torn', code: 'ENOSPC' }, hits: op => needsRoom.includes(op) },
];

/** The operations of the whole run when nothing fails. */
async function listOperations(): Promise<readonly Operation[]> {
  const faulty = new FaultyDisk(new MemoryDisk());
  const ledger = await openOn(faulty.disk);
  await play(ledger, createOutcome());
  await ledger.close();
  return faulty.log;
}

/** One run with a fault at operation `n` (and at all later ones), the disk's recovery, and a new start. */
async function run(n: number, { fault, hits }: (typeof faults)[number], isLasting: boolean, ending: 'close' | 'kill') {
  const outcome = createOutcome();
  const memory = new MemoryDisk();
  const faulty = new FaultyDisk(memory);
  faulty.faultAt = (index, operation) => ((isLasting ? index >= n : index === n) && hits(operation) ? fault : null);
  const recover = () => {
    faulty.faultAt = () => null;
  };
  let ledger = await openOn(faulty.disk).catch(() => null);
  if (!ledger) {
    recover();
    ledger = await openOn(faulty.disk);
  }
  await play(ledger, outcome);
  const where = `operation ${n}`;
  expect(outcome.surprises, where).toEqual([]);
  // Reads go on, and show what was acknowledged.
  expect(storedNames(ledger), where).toEqual(acknowledgedNames(outcome));
  expect(ledger.sum(day).requests, where).toBe(acknowledgedNames(outcome).length);
  recover();
  if (!isLasting) {
    const killed = await openOn(memory.afterKill());
    expect(storedNames(killed), `${where}, killed at once`).toEqual(acknowledgedNames(outcome));
  }
  await appendNamed(ledger, 'afterwards', outcome);
  if (ending === 'close') {
    await ledger.close();
  }
  const reopened = await openOn(ending === 'close' ? memory : memory.afterKill());
  expect(storedNames(reopened), `${where}, ${ending}`).toEqual(acknowledgedNames(outcome));
  expect(reopened.warnings, where).toEqual([]);
  await reopened.close();
}

describe('a disk that fails', () => {
  for (const kind of faults) {
    for (const isLasting of [false, true]) {
      it(`with ${kind.name} ${isLasting ? 'from any operation on' : 'at any one operation'} stores what it acknowledged and nothing it refused`, async () => {
        const operations = await listOperations();
        expect(operations.length).toBeGreaterThan(50);
        let ending: 'close' | 'kill' = 'close';
        for (const [n, operation] of operations.entries()) {
          if (kind.hits(operation)) {
            ending = ending === 'close' ? 'kill' : 'close';
            await run(n, kind, isLasting, ending);
          }
        }
      });
    }
  }
});
