import { expect, it } from 'vitest';
import { createRecordQueue } from '../../../../src/engine/gateway/recordQueue.ts';

/** Keeps the process busy, as reading an answer does. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; ) {
    // Nothing else has its turn.
  }
}

/** Lets so many calls wait for their turn, each of which then works so long; gives how many had it in each turn of the event loop. */
async function countTurns(calls: number, ms: number): Promise<number[]> {
  const queue = createRecordQueue(() => {});
  const turns: number[] = [];
  let inTurn = 0;
  let isOver = false;
  const count = () => {
    turns.push(inTurn);
    inTurn = 0;
    if (!isOver) {
      setImmediate(count);
    }
  };
  setImmediate(count);
  const each = async () => {
    await queue.turn();
    // As far as a call comes without the disk: some promises deep.
    await Promise.resolve();
    await Promise.resolve();
    work(ms);
    inTurn += 1;
  };
  await Promise.all(Array.from({ length: calls }, each));
  isOver = true;
  turns.push(inTurn);
  return turns.filter(had => had > 0);
}

it('gives calls their turns a millisecond at a time, so that what comes from the network is passed on in between', async () => {
  const turns = await countTurns(20, 0.6);
  expect(turns.reduce((sum, had) => sum + had, 0)).toBe(20);
  // Two fit a turn.
  expect(Math.max(...turns)).toBeLessThanOrEqual(3);
});

it('lets no more than some calls wait, however many there are', async () => {
  const turns = await countTurns(300, 0.6);
  expect(turns.reduce((sum, had) => sum + had, 0)).toBe(300);
  expect(turns[0]).toBeGreaterThanOrEqual(300 - 64);
  expect(Math.max(...turns.slice(1))).toBeLessThanOrEqual(3);
});
