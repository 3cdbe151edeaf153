import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RecordedUsage, SpendLensError } from '../../src/ui/publicApi/extensionApi.ts';
import type { Sample } from './sampleExtension/extension.ts';

async function waitFor(holds: () => boolean, what: string): Promise<void> {
  for (const until = Date.now() + 15_000; !holds(); await sleep(20)) {
    assert.ok(Date.now() < until, `${what} did not come within 15 s`);
  }
}

describe('the API for other extensions, used by one', () => {
  let sample: Sample;

  before(async () => {
    const extension = vscode.extensions.getExtension<Sample>('spend-lens-sample.sample');
    assert.ok(extension, 'VS Code does not know the sample extension');
    sample = await extension.activate();
  });

  it('records calls, which count in the spend once each', async () => {
    const { spendLens } = sample;
    const before = await spendLens.getSpend();
    const told = await vscode.commands.executeCommand<RecordedUsage>('spendLensSample.report');
    assert.deepEqual(
      [told.accepted, told.duplicates, told.rejected, told.records[0]?.costUsd, told.records[0]?.costBasis],
      [1, 0, [], 0.006, 'priced'],
    );
    const call = {
      model: 'gpt-4.1',
      promptTokens: 2000,
      completionTokens: 0,
      cacheReadTokens: 500,
      requestId: 'api-1',
    };
    const response = { id: 'api-2', model: 'gpt-4.1', usage: { prompt_tokens: 1000, completion_tokens: 500 } };
    const several = await spendLens.recordUsage([
      { ...call, taskType: 'sample', timestamp: new Date(), cacheWrite1hTokens: 0 },
      call,
      { response: { object: 'chat.completion', ...response }, sessionId: 'api-session' },
      { model: 'gpt-4.1', inputTokens: -1 },
    ]);
    assert.deepEqual([several.accepted, several.duplicates], [2, 1]);
    assert.deepEqual(
      several.rejected.map(({ index, field }) => [index, field]),
      [[3, 'input_tokens']],
    );
    const after = await spendLens.getSpend({ period: 'today', groupBy: ['agent', 'session_id'] });
    assert.equal(after.total.requests, before.total.requests + 3);
    assert.equal(after.total.cacheReadTokens, before.total.cacheReadTokens + 500);
    const keys = after.groups.map(({ key }) => `${key.agent} ${key.session_id}`);
    assert.ok(keys.includes('sample null') && keys.includes('null api-session'), keys.join(', '));
  });

  it('tells of changes, and the sums of this computer', async () => {
    const { spendLens, changes, shown } = sample;
    const { total } = await spendLens.getSpend();
    await waitFor(() => changes.at(-1)?.today.requests === total.requests, 'the change');
    assert.deepEqual(changes.at(-1)?.today, total);
    assert.equal(shown(), `sample: $${(total.costUsd ?? 0).toFixed(3)}`);
    const machine = await spendLens.getSpend({ scope: 'machine' });
    assert.ok(machine.total.requests >= total.requests);
    assert.equal(new Set(changes.map(change => JSON.stringify(change))).size, changes.length, 'a change that is none');
  });

  it('estimates', async () => {
    const estimate = await sample.spendLens.estimate({
      model: 'gpt-4.1',
      text: 'Explain monads.',
      expectedOutputTokens: 100,
    });
    assert.equal(estimate.exact, true);
    assert.ok(estimate.inputTokens > 2 && estimate.inputTokens < 10);
    assert.equal(estimate.totalCostUsd, (estimate.inputTokens * 2 + 100 * 8) / 1e6);
    assert.equal((await sample.spendLens.estimate({ model: 'nobody', inputTokens: 5 })).totalCostUsd, null);
  });

  it('tells of thresholds, each once', async () => {
    const { spendLens, crossings } = sample;
    // The daily budget is $5.
    await spendLens.recordUsage({ model: 'gpt-4.1', inputTokens: 1, outputTokens: 1, costUsd: 4.2 });
    await waitFor(() => crossings.length > 0, 'the crossing');
    await spendLens.recordUsage({ model: 'gpt-4.1', inputTokens: 1, outputTokens: 1, costUsd: 1.5 });
    await waitFor(() => crossings.some(({ threshold }) => threshold === 100), 'the next crossing');
    assert.deepEqual(
      crossings.map(({ budget, threshold, limitUsd }) => [budget, threshold, limitUsd]),
      [
        ['daily', 50, 5],
        ['daily', 80, 5],
        ['daily', 100, 5],
      ],
    );
    assert.ok((crossings[0]?.spentUsd ?? 0) >= 4.2);
  });

  it('says what is wrong with a question, and can be cancelled', async () => {
    const { spendLens } = sample;
    await assert.rejects(
      () => spendLens.getSpend({ groupBy: ['nonsense' as 'model'] }),
      (error: SpendLensError) => error.code === 'invalid' && error.field === 'group_by',
    );
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    await assert.rejects(() => spendLens.getSpend({}, source.token), vscode.CancellationError);
    const later = new vscode.CancellationTokenSource();
    const asked = spendLens.estimate({ text: 'a '.repeat(100_000) }, later.token);
    later.cancel();
    await assert.rejects(() => asked, vscode.CancellationError);
  });

  it('is silent for who has disposed of their subscriptions', async () => {
    const { spendLens, changes, stop } = sample;
    stop();
    const { length } = changes;
    await spendLens.recordUsage({ model: 'gpt-4.1', inputTokens: 1000, outputTokens: 500 });
    await sleep(1000);
    assert.equal(changes.length, length);
  });
});
