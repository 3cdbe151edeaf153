import { describe, expect, it, onTestFinished } from 'vitest';
import type { Delivery } from '../../../src/forward/delivery.ts';
import { Forwarder } from '../../../src/forward/forwarder.ts';
import { createPseudonyms } from '../../../src/forward/pseudonyms.ts';
import { pauseMs } from '../../../src/forward/retryPause.ts';
import { makeFolder, makeRecord, open } from '../ledger/makeLedger.ts';

async function forward(deliver: (delivery: Delivery) => Promise<void>) {
  const ledger = await open(await makeFolder());
  await ledger.forwardTo(['team']);
  const logged: string[] = [];
  const forwarder = new Forwarder({
    ledger,
    config: { name: 'team', type: 'postgresql', url: 'postgresql://db/usage', privacy: 'full' },
    destination: { deliver },
    pseudonyms: createPseudonyms(new Uint8Array(32)),
    log: (_, message) => logged.push(message),
    onChange: () => undefined,
    random: () => 0,
  });
  onTestFinished(() => forwarder.stop());
  return { ledger, forwarder, logged };
}

describe('a forwarder', () => {
  it('sends what waits in order, in pieces, with the sums of its quarters', async () => {
    const deliveries: Delivery[] = [];
    const { ledger, forwarder } = await forward(async delivery => void deliveries.push(delivery));
    await ledger.append(Array.from({ length: 1200 }, (_, n) => makeRecord({ requestId: `r${n}` })));
    forwarder.retry();
    await expect.poll(() => ledger.waiting('team')).toBe(0);
    expect(deliveries.map(({ calls }) => calls.length)).toEqual([500, 500, 200]);
    expect(deliveries.flatMap(({ calls }) => calls.map(({ requestId }) => requestId))).toEqual(
      Array.from({ length: 1200 }, (_, n) => `r${n}`),
    );
    expect(deliveries.at(-1)?.buckets).toMatchObject([
      { sums: [{ sums: { requests: 1200, costNanoUsd: 1200 * 6_000_000 } }] },
    ]);
    expect(forwarder.state).toMatchObject({ name: 'team', waiting: 0, lastError: null });
  });

  it('sends again what was not confirmed, says once why, and says when it works again', async () => {
    let failures = 3;
    const sent: string[] = [];
    const { ledger, forwarder, logged } = await forward(async ({ calls }) => {
      if (failures-- > 0) {
        throw new Error('connect ECONNREFUSED 127.0.0.1:5432.');
      }
      sent.push(...calls.map(({ id }) => id));
    });
    await ledger.append([makeRecord()]);
    forwarder.retry();
    await expect.poll(() => forwarder.state.lastError).toContain('ECONNREFUSED');
    expect(forwarder.state.waiting).toBe(1);
    await expect.poll(() => sent.length, { timeout: 5_000 }).toBe(1);
    await expect.poll(() => forwarder.state.lastError).toBeNull();
    expect(logged).toEqual([
      'Forwarding to team failed: connect ECONNREFUSED 127.0.0.1:5432. It is tried again.',
      'Forwarding to team works again.',
    ]);
  });

  it('does not lose a change that comes while the call is being sent', async () => {
    const outputs: (number | null)[] = [];
    const { ledger, forwarder } = await forward(async ({ calls }) => {
      outputs.push(...calls.map(({ outputTokens }) => outputTokens));
      if (outputs.length === 1) {
        await ledger.append([makeRecord({ requestId: 'r', tokens: { ...makeRecord().tokens, output: 900 } })]);
      }
    });
    await ledger.append([makeRecord({ requestId: 'r', completeness: 'lower_bound' })]);
    forwarder.retry();
    await expect.poll(() => outputs).toEqual([500, 900]);
  });
});

describe('the pause before another try', () => {
  it('grows to five minutes at most, and is spread over all of it', () => {
    expect([1, 2, 3, 9, 10, 1000].map(failures => pauseMs(failures, () => 1))).toEqual([
      1_000, 2_000, 4_000, 256_000, 300_000, 300_000,
    ]);
    expect(pauseMs(10, () => 0.5)).toBe(150_000);
    expect(pauseMs(10, () => 0)).toBe(200);
  });
});
