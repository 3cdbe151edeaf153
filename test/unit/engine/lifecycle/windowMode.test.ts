import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runWindowMode } from '../../../../src/engine/lifecycle/windowMode.ts';
import { makeFolder } from '../startEngine.ts';

it('leaves in order when its patience ends before it is at work, and leaves the folder to the next one', async () => {
  const storage = await makeFolder();
  for (let time = 0; time < 2; time += 1) {
    const log: string[] = [];
    const engine = await runWindowMode(
      { kind: 'windows', storage, port: null },
      (level, message) => log.push(`${level} ${message}`),
      { SPEND_LENS_IDLE_MS: '1', SPEND_LENS_FOLLOW_AFTER_MS: '600000' },
    );
    expect(await engine.left).toBe(true);
    expect(log).toContain('info Leaving: no window is left.');
    expect(log.filter(line => line.startsWith('error'))).toEqual([]);
    expect(existsSync(join(storage, 'engine.json'))).toBe(false);
  }
});
