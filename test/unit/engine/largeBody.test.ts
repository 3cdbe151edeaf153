import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { ask, bearer, startEngine } from './startEngine.ts';

/** How long one body may hold up all other requests, ms. */
const limitMs = 250;

it('stores 100,000 records at once and lets other requests go on', async () => {
  const { url, token } = await startEngine();
  const startMs = Date.UTC(2026, 9, 1);
  const records = Array.from({ length: 100_000 }, (_, i) => ({
    model: i % 2 === 0 ? 'gpt-4.1' : 'claude-sonnet-4-5',
    input_tokens: 1000,
    output_tokens: 500,
    request_id: `req_${i}`,
    session_id: `s${i >> 6}`,
    timestamp: startMs + i * 40,
  }));
  const body = JSON.stringify(records);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let isDone = false;
  const answers: number[] = [];
  const watch = async (): Promise<void> => {
    while (!isDone) {
      const from = performance.now();
      expect((await ask(url, '/healthz')).status).toBe(200);
      answers.push(performance.now() - from);
    }
  };
  const watching = watch();
  const { status, json } = await ask(url, '/v1/usage', { headers: bearer(token), body });
  isDone = true;
  await watching;
  delay.disable();
  expect(status).toBe(200);
  expect(json).toMatchObject({ accepted: 100_000, duplicates: 0 });
  const longest = Math.round(delay.max / 1e6);
  const slowest = Math.round(Math.max(...answers));
  console.log(
    `100,000 records: event loop held up ${longest} ms at most (limit ${limitMs}), ${answers.length} health checks meanwhile, the slowest ${slowest} ms`,
  );
  expect(longest).toBeLessThan(5 * limitMs);
  expect(answers.length).toBeGreaterThan(10);
  const summary = await ask(url, '/v1/summary?from=2026-10-01&to=2026-10-05', { headers: bearer(token) });
  expect(summary.json.total).toMatchObject({ requests: 100_000, prompt_tokens: 100_000_000 });
}, 60_000);
