/** The endpoint of a window, found as a user finds it: by "Copy Connection Settings". */
import { expect } from 'vitest';
import type { UsageAnswer } from '../../src/api/contract.ts';
import type { Endpoint } from '../run/demo/endpoint.ts';
import { callEndpoint, waitForEndpoint } from '../run/demo/endpoint.ts';
import type { Workbench } from './workbench.ts';

/** Runs the command, reads the clipboard, and adds the folder of the database. */
export async function copyEndpoint(workbench: Workbench): Promise<Endpoint> {
  const { storage } = await waitForEndpoint(workbench.profile, 30_000);
  await workbench.runCommand('Spend Lens: Copy Connection Settings');
  await expect.poll(() => workbench.readClipboard(), { timeout: 10_000 }).toContain('SPEND_LENS_TOKEN');
  const text = await workbench.readClipboard();
  const read = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(text)?.[1] ?? '';
  return { url: read('SPEND_LENS_URL'), token: read('SPEND_LENS_TOKEN'), storage };
}

/** Posts records and fails when one is rejected. */
export async function post(endpoint: Endpoint, body: unknown): Promise<UsageAnswer> {
  const answer = await callEndpoint<UsageAnswer>(endpoint, '/v1/usage', body);
  expect(answer.rejected).toEqual([]);
  return answer;
}
