import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Client, createClient } from '../../../src/api/client.ts';
import type { WindowAnswer, WindowRegistration } from '../../../src/api/contract.ts';
import type { RunningEngine } from '../../../src/engine/lifecycle/runningEngine.ts';
import { runWindowMode } from '../../../src/engine/lifecycle/windowMode.ts';
import { type EventReader, readEvents } from './readEvents.ts';
import { makeFolder } from './startEngine.ts';

export interface WindowMode {
  readonly engine: RunningEngine;
  readonly storage: string;
  readonly url: string;
  readonly adminToken: string;
  readonly admin: Client;
  readonly log: string[];
  /** Registers a window and opens its stream, as an extension does. */
  openWindow(id: string, registration: WindowRegistration): Promise<{ answer: WindowAnswer; reader: EventReader }>;
}

/** An engine for windows in this process, on real HTTP; it leaves when the test is over. */
export async function startWindowMode(
  options: { storage?: string; idleMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<WindowMode> {
  const storage = options.storage ?? (await makeFolder());
  const log: string[] = [];
  const engine = await runWindowMode(
    { kind: 'windows', storage, port: null },
    (level, message) => log.push(`${level} ${message}`),
    { SPEND_LENS_IDLE_MS: String(options.idleMs ?? 60_000), ...options.env },
  );
  onTestFinished(async () => {
    engine.stop('test');
    await engine.left;
  });
  const { url, token: adminToken } = JSON.parse(await readFile(join(storage, 'engine.json'), 'utf8'));
  const admin = createClient({ url, token: adminToken });
  return {
    engine,
    storage,
    url,
    adminToken,
    admin,
    log,
    openWindow: async (id, registration) => {
      const answer = await admin.registerWindow(id, registration);
      const reader = readEvents(url, adminToken, id);
      await reader.wait('totals');
      return { answer, reader };
    },
  };
}
