import { expect, it } from 'vitest';
import { createLaterCopy } from '../../../../src/engine/gateway/laterCopy.ts';

function start() {
  const taken: string[] = [];
  return { taken, copy: createLaterCopy(bytes => taken.push(bytes.toString())) };
}

const nextTurn = () => new Promise(resolve => setImmediate(resolve));

it('takes bytes in order and in one piece, and not before it has to', async () => {
  const { taken, copy } = start();
  copy.push(Buffer.from('a'));
  await nextTurn();
  copy.push(Buffer.from('b'));
  await nextTurn();
  expect(taken).toEqual([]);
  copy.flush();
  expect(taken).toEqual(['ab']);
  copy.flush();
  copy.push(Buffer.from('c'));
  copy.flush();
  expect(taken).toEqual(['ab', 'c']);
});

it('holds 64 kB at most when the turn is over', async () => {
  const { taken, copy } = start();
  for (let count = 0; count < 10; count += 1) {
    copy.push(Buffer.alloc(64 * 1024 + 1, 0x61));
    await nextTurn();
    await nextTurn();
    expect(taken).toHaveLength(count + 1);
  }
});

it('takes nothing once it was dropped', async () => {
  const { taken, copy } = start();
  copy.push(Buffer.alloc(100_000));
  copy.drop();
  copy.push(Buffer.alloc(100_000));
  await nextTurn();
  copy.flush();
  expect(taken).toEqual([]);
});
