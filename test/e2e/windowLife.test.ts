import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

const halfDollar = { model: 'gpt-4.1', prompt_tokens: 250_000, completion_tokens: 0 };

describe("the engine in a window's life", () => {
  const workbench = useWorkbench({ env: { SPEND_LENS_IDLE_MS: '4000' } });
  const engineFile = () => path.join(workbench().profile.globalStorage, 'engine.json');
  const readEngine = () => JSON.parse(readFileSync(engineFile(), 'utf8')) as { pid: number; port: number };
  test('leaves after the last window, and is back with the next one at another port when its own was taken', async () => {
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, halfDollar);
    const before = readEngine();
    const { page } = workbench();
    const address = page.url();
    await page.goto('about:blank');
    await expect.poll(() => existsSync(engineFile()), { timeout: 30_000, interval: 200 }).toBe(false);

    const foreign = createServer((_request, response) => response.end('someone else'));
    await new Promise<void>(resolve => foreign.listen(before.port, '127.0.0.1', resolve));
    onTestFinished(() => void foreign.close());
    await page.goto(address);
    const item = workbench().statusBarItem({ id: 'spend' });
    await expect.poll(() => item.textContent(), { timeout: 30_000 }).toContain('$0.50');
    const now = readEngine();
    expect(now.port).not.toBe(before.port);
    const tooltip = await workbench().readTooltip();
    await workbench().screenshot('port-taken');
    expect(tooltip).toContain(
      `Port ${before.port} is used by another program; the endpoint is now http://127.0.0.1:${now.port}.`,
    );
    expect(tooltip.match(/another program/g)).toHaveLength(1);
    const moved = await copyEndpoint(workbench());
    expect(moved).toEqual({ ...endpoint, url: `http://127.0.0.1:${now.port}` });
    await post(moved, halfDollar);
    await expect.poll(() => item.textContent()).toContain('$1.00');
  });
});
