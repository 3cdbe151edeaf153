import { describe, expect, test } from 'vitest';
import { useWorkbench } from './useWorkbench.ts';

describe('the packaged extension in a real window', () => {
  const workbench = useWorkbench({ files: { 'prompt.md': 'Say hello.\n' } });

  test('shows its spend in the status bar', async () => {
    const item = workbench().statusBarItem({ id: 'spend' });
    await item.waitFor();
    await expect.poll(() => item.textContent(), { timeout: 15_000 }).toContain('$0.00');
    await workbench().screenshot('status-bar');
  });

  test('comes back after a reload', async () => {
    await workbench().reload();
    await workbench().statusBarItem({ id: 'spend' }).waitFor();
  });
});
