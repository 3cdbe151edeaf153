/** What the ledger knows of past calls and past estimates, as an estimate in a real window shows it. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { EstimateAccuracy } from '../../src/api/estimateContract.ts';
import { hashText } from '../../src/estimator/textHash.ts';
import { callEndpoint, type Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { leave, quickPick, readRows, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const model = 'claude-sonnet-4-5';
const text = 'Find out why the import fails on Windows, and mend it.\n';
const files = {
  'task.prompt.md': text,
  'review.prompt.md': `---\ntask_type: review\n---\n${text}`,
  'claude.prompt.md': `---\nmodel: ${model}\n---\n${text}`,
  'linked.prompt.md': 'As [these](./notes.md) and #file:folder/deep.md say.\n',
};

/** Two calls of gpt-4.1, which has 2 and 8 USD per 1M. */
const session = (name: string, promptTokens: number, completionTokens: number) =>
  [1, 2].map(() => ({
    model: 'gpt-4.1',
    agent: 'codex',
    task_type: 'coding',
    session_id: name,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
  }));

/** A provider that takes every prompt for 2,000 tokens. */
const provider = createServer((request, response) => {
  request.resume().on('end', () => {
    const usage = { input_tokens: 2_000, output_tokens: 10 };
    const content = [{ type: 'text', text: 'ok' }];
    const answer = { id: `msg_${Math.random()}`, type: 'message', role: 'assistant', stop_reason: 'end_turn' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...answer, model, content, usage }));
  });
});
await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
});

describe('an estimate from history', () => {
  const upstream = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const workbench = useWorkbench({
    files,
    settings: {
      'spendLens.timeZone': 'UTC',
      'spendLens.budget.daily': 100,
      'spendLens.gateway.upstreams': { anthropic: upstream },
    },
  });
  let endpoint: Endpoint;
  /** Estimates a file again and again, until the changed setting has come through. */
  const expectOutput = (name: string, text: string) =>
    expect
      .poll(
        async () => {
          await leave(workbench().page);
          return rowOf(await readAnswer(name), 'Output');
        },
        { timeout: 20_000, interval: 1_000 },
      )
      .toContain(text);
  const readAnswer = async (name: string): Promise<string[]> => {
    await workbench().openFile(name);
    await workbench().runCommand('Spend Lens: Estimate Prompt Cost');
    await waitForTitle(workbench().page, `${name}: `);
    return readRows(workbench().page);
  };
  const rowOf = (rows: readonly string[], label: string) => rows.find(row => row.startsWith(label)) ?? '';

  beforeEach(() => leave(workbench().page));

  test('says what similar tasks cost, and what answers of this model were like', async () => {
    endpoint = await copyEndpoint(workbench());
    // Nine sessions of 2 × $0.21 and two of 2 × $0.65.
    await post(endpoint, [
      ...Array.from({ length: 9 }, (_, index) => session(`short ${index}`, 100_000, 1_250)).flat(),
      ...Array.from({ length: 2 }, (_, index) => session(`long ${index}`, 300_000, 6_250)).flat(),
      ...Array.from({ length: 12 }, () => ({
        model: 'gpt-4.1',
        task_type: 'review',
        prompt_tokens: 1_000,
        completion_tokens: 300,
      })),
    ]);
    const rows = await readAnswer('task.prompt.md');
    expect(rowOf(rows, 'As an agent task')).toMatch(/≈ \$[\d.]+.* · 2 turns$/);
    expect(rowOf(rows, 'Similar tasks')).toBe('Similar tasks, P50 $0.42, P90 $1.30, 11 sessions');
    // Of 34 calls 12 had 300 tokens, 18 had 1,250 and 4 had 6,250.
    expect(rowOf(rows, 'Output')).toContain('(1,250 tokens: the median of 34 calls, 90% had up to 6,250)');
    await workbench().page.keyboard.press('Control+Home');
    await workbench().screenshot('estimate-task');
  });

  test('predicts from the calls of the task type that the prompt names', async () => {
    const rows = await readAnswer('review.prompt.md');
    expect(rowOf(rows, 'Output')).toBe(
      'Output, ≈ $0.0024 (300 tokens: the median of 12 “review” calls, 90% had up to 300)',
    );
    await workbench().screenshot('estimate-task-type');
  });

  test('predicts from the calls of the task type that the settings name, and from all where there are too few', async () => {
    workbench().changeFolderSettings({ 'spendLens.estimate.taskType': 'review' });
    await expectOutput('task.prompt.md', 'the median of 12 “review” calls');
    workbench().changeFolderSettings({ 'spendLens.estimate.taskType': 'poetry' });
    await expectOutput('task.prompt.md', 'the median of 34 calls');
  });

  test('reads nothing over a symbolic link that leads out of the workspace', async () => {
    const outside = mkdtempSync(path.join(os.tmpdir(), 'spend-lens-outside-'));
    try {
      writeFileSync(path.join(outside, 'secret.md'), 'secret '.repeat(5_000));
      mkdirSync(path.join(outside, 'folder'));
      writeFileSync(path.join(outside, 'folder/deep.md'), 'secret '.repeat(5_000));
      symlinkSync(path.join(outside, 'secret.md'), path.join(workbench().profile.workspace, 'notes.md'));
      symlinkSync(path.join(outside, 'folder'), path.join(workbench().profile.workspace, 'folder'));
      const rows = await readAnswer('linked.prompt.md');
      expect(rows.join('\n')).toContain('notes.md is outside of the workspace and is not counted.');
      expect(rows.join('\n')).toContain('folder/deep.md is outside of the workspace and is not counted.');
      const [, tokens] = /Input tokens, (\d+) tokens/.exec(rows[0] ?? '') ?? [];
      expect(Number(tokens)).toBeLessThan(40);
      // Also when it is open in an editor.
      await leave(workbench().page);
      await workbench().openFile('notes.md');
      expect((await readAnswer('linked.prompt.md')).join('\n')).toContain('notes.md is outside of the workspace');
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('learns from own requests, until “Reset Learned Token Factors”', async () => {
    const { page } = workbench();
    const readTokens = async () => {
      await leave(page);
      return Number(/≈ ([\d,]+) tokens/.exec(rowOf(await readAnswer('claude.prompt.md'), 'Input tokens'))?.[1]);
    };
    const builtIn = await readTokens();
    await leave(page);
    for (let index = 0; index < 12; index += 1) {
      const content = `prompt ${index}`;
      const estimate = { model, text_hash: hashText(content), file_type: '.prompt.md', exact: false };
      await callEndpoint(endpoint, '/v1/estimates', {
        ...estimate,
        ...{ input_tokens: 1_000, input_low_tokens: 900, input_high_tokens: 1_100, base_tokens: 1_000 },
        ...{ output_tokens: 500, cost_usd: 0.01, low_usd: 0.01, high_usd: 0.01 },
      });
      await fetch(`${endpoint.url}/t/${endpoint.token}/gateway/anthropic/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'none' },
        body: JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content }] }),
      });
    }
    const accuracy = () => callEndpoint<EstimateAccuracy>(endpoint, '/v1/estimates');
    await expect.poll(async () => (await accuracy()).learned).toMatchObject([{ family: 'claude', ratio: 2 }]);
    // What the window knows of it is at most half a minute old.
    await expect.poll(readTokens, { timeout: 45_000, interval: 2_000 }).toBeGreaterThan(builtIn * 1.9);
    await workbench().screenshot('estimate-learned');
    await leave(page);

    await workbench().runCommand('Spend Lens: Reset Learned Token Factors');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.getByText('Reset what Spend Lens learned about token counts?').waitFor();
    await workbench().screenshot('reset-learned');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await accuracy()).learned).toHaveLength(1);
    await workbench().runCommand('Spend Lens: Reset Learned Token Factors');
    await dialog.getByRole('button', { name: 'Reset', exact: true }).click();
    await workbench().notification('Token counts follow the built-in factors again.').waitFor();
    expect(await accuracy()).toMatchObject({ total: { estimates: 0 }, learned: [] });
    expect(await readTokens()).toBe(builtIn);
    expect(await quickPick(page).isVisible()).toBe(true);
  });
});
