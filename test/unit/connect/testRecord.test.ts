import { describe, expect, test } from 'vitest';
import { postTest } from '../../../src/api/postTest.ts';
import { agentIds } from '../../../src/connect/catalogue.ts';
import { buildTelemetryTest, buildUsageTest } from '../../../src/connect/testPayload.ts';
import { listen } from '../engine/gateway/fakeProvider.ts';
import { startEngine } from '../engine/startEngine.ts';

describe('the test record of', () => {
  test.each(agentIds.filter(id => buildTelemetryTest(id, 0) !== null))('%s is understood as its own', async id => {
    const { url, token, engine } = await startEngine();
    const { path, body } = buildTelemetryTest(id, Date.now()) ?? { path: '', body: {} };
    const { records, rejected } = await postTest(url + path, { 'x-spend-lens-token': token }, body);
    expect(rejected).toEqual([]);
    expect(records).toEqual([
      expect.objectContaining({ agent: id, prompt_tokens: 10, completion_tokens: 5, cost_basis: 'priced' }),
    ]);
    expect(engine.ledgers()[0]?.ledger.count()).toBe(0);
  });

  test('my own code is understood', async () => {
    const { url, token } = await startEngine();
    const { path, body } = buildUsageTest(null);
    const { records } = await postTest(url + path, { authorization: `Bearer ${token}` }, body);
    expect(records).toEqual([expect.objectContaining({ agent: null, prompt_tokens: 10 })]);
  });
});

describe('a test that does not arrive says why', () => {
  const { path, body } = buildUsageTest(null);

  test('nobody answers', async () => {
    await expect(postTest(`http://127.0.0.1:1${path}`, {}, body)).rejects.toThrow(
      'Nobody answers at http://127.0.0.1:1.',
    );
  });

  test('the token is another one', async () => {
    const { url } = await startEngine();
    await expect(postTest(url + path, { 'x-spend-lens-token': 'old' }, body)).rejects.toThrow(/refuses the token/);
  });

  test('somebody else answers', async () => {
    const url = await listen((_, response) => response.writeHead(200).end('{}'));
    await expect(postTest(url + path, {}, body)).rejects.toThrow(/is not Spend Lens \(HTTP 200\)/);
  });
});
