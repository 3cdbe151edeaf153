import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { leave, quickPick, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const key = 'sk-of-a-test';
const seen: { key: unknown; body: string }[] = [];
/** A fake Anthropic. */
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  seen.push({ key: request.headers['x-api-key'], body: Buffer.concat(chunks).toString() });
  response.setHeader('content-type', 'application/json').end('{"input_tokens":4321}');
});
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => server.close());

describe('the exact count by the provider', () => {
  const workbench = useWorkbench({
    files: { 'claude.prompt.md': '---\nmodel: claude-sonnet-4-5\n---\nSay hello to Ada.\n' },
    settings: { 'spendLens.estimate.providerCount': true, 'spendLens.gateway.upstreams': { anthropic: url } },
  });
  const dialog = () => workbench().page.locator('.monaco-dialog-box');
  const ask = async (): Promise<void> => {
    await workbench().openFile('claude.prompt.md');
    await workbench().runCommand('Spend Lens: Estimate Prompt Cost');
    await waitForTitle(workbench().page, '≈');
    await quickPick(workbench().page).locator('.monaco-list-row', { hasText: 'Count Exactly' }).click();
  };

  test('asks before it sends anything, and comes back to the answer when refused', async () => {
    await ask();
    await dialog().getByText('Send this prompt to Anthropic to be counted?').waitFor();
    expect(await dialog().textContent()).toContain('leaves this machine');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await waitForTitle(workbench().page, '≈');
    expect(seen).toEqual([]);
    await leave(workbench().page);
  });

  test('sends it with the key that is asked for once, and shows the count', async () => {
    const { page } = workbench();
    await ask();
    await dialog().getByRole('button', { name: 'Send to Anthropic' }).click();
    await page.locator('.quick-input-title', { hasText: 'API Key of Anthropic' }).waitFor();
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await waitForTitle(page, 'claude.prompt.md: 4,321 tokens · $');
    expect(seen).toHaveLength(1);
    expect(seen[0]?.key).toBe(key);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: 'Say hello to Ada.\n' }],
    });
    await leave(page);
    await ask();
    await waitForTitle(page, 'claude.prompt.md: 4,321 tokens · $');
    expect(seen).toHaveLength(2);
  });
});
