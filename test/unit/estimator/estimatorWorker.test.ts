import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { chooseModel, estimatePrompt } from '../../../src/estimator/estimatePrompt.ts';
import { createEstimator, type Estimator, longestText } from '../../../src/estimator/estimatorWorker.ts';
import type { PromptCounts } from '../../../src/estimator/protocol.ts';
import { makePrices, now } from './makeCounts.ts';

const workerPath = fileURLToPath(new URL('../../../src/estimator/worker.ts', import.meta.url));
const fixture = (name: string) => readFileSync(new URL(`../../fixtures/prompts/${name}`, import.meta.url), 'utf8');
const folder = await mkdtemp(path.join(tmpdir(), 'spend-lens-estimator-'));
const settings = { model: 'gpt-4.1', expectedOutputTokens: 500, prices: makePrices(), now };

let estimator: Estimator | undefined;
afterEach(() => estimator?.dispose());
afterAll(() => rm(folder, { recursive: true }));

/** A worker of a test's own; `postMessage` answers. */
function otherWorker(name: string, onRequest: string): string {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
     import { appendFileSync, existsSync } from 'node:fs';
     const counts = { characters: 1 };
     const done = id => parentPort.postMessage({ id, kind: 'counts', counts });
     parentPort.on('message', ({ id, subject: { source }, cancelled }) => { ${onRequest} });`,
  );
  return file;
}

describe('estimates by the worker', () => {
  test('of a chat, by the rule of 4 per message and 3 per conversation', async () => {
    estimator = createEstimator({ workerPath });
    const input = {
      ...settings,
      source: { text: fixture('chat.json'), fileName: 'chat.json' },
      expectedOutputTokens: 1000,
    };
    const { chosen, comparison, notes, modelFrom } = await estimatePrompt(input, estimator);
    // 6 + 6 tokens of content (js-tiktoken) and 2 × 4 + 3.
    expect(chosen).toMatchObject({ model: 'gpt-4.1', inputTokens: 23, exact: true, totalUsd: 0.008046 });
    expect(comparison.map(entry => entry.model)).toContain('gpt-4.1');
    expect(notes).toEqual([]);
    expect(modelFrom).toBe('setting');
  });

  test('the model is front matter’s, else the JSON’s, else the setting’s', async () => {
    estimator = createEstimator({ workerPath });
    const review = { ...settings, source: { text: fixture('review.prompt.md'), fileName: 'review.prompt.md' } };
    const answer = await estimatePrompt(review, estimator);
    expect(answer).toMatchObject({
      modelFrom: 'document',
      chosen: { model: 'claude-sonnet-4-5', exact: false, outputTokens: 1200 },
    });
    const request = await estimatePrompt({ ...settings, source: { text: fixture('request.json') } }, estimator);
    expect(request.chosen.model).toBe('gpt-4.1-mini');
    const plain = await estimatePrompt({ ...settings, model: 'gpt-4', source: { text: 'hi' } }, estimator);
    expect(plain.chosen).toMatchObject({ model: 'gpt-4', inputTokens: 1, exact: true });
    expect((await chooseModel('gpt-4o', answer, settings))?.chosen).toMatchObject({ model: 'gpt-4o', exact: true });
    expect(await chooseModel('gpt-4', answer, settings)).toBeNull();
  });

  test('calls at the same time get their own answers', async () => {
    const one = createEstimator({ workerPath });
    estimator = one;
    const answers = await Promise.all([1, 20, 300].map(n => one.count({ text: 'a b'.repeat(n) }, ['gpt-4.1'])));
    expect(answers.map(answer => answer.characters)).toEqual([3, 60, 900]);
  });

  test('a text that is too long is refused with words', async () => {
    estimator = createEstimator({ workerPath });
    await expect(estimator.count({ text: 'x'.repeat(longestText + 1) }, [])).rejects.toThrow(/up to 50 million/);
  });

  test('cancelling rejects at once, stops the count and leaves the worker fit', async () => {
    estimator = createEstimator({ workerPath });
    await estimator.count({ text: 'warm up' }, ['gpt-4.1']);
    const abort = new AbortController();
    const counting = estimator.count({ text: 'word and word '.repeat(1_000_000) }, ['gpt-4.1'], {
      signal: abort.signal,
    });
    const waiting = estimator.count({ text: 'later' }, ['gpt-4.1'], { signal: abort.signal });
    const after = estimator.count({ text: 'after' }, ['gpt-4.1']);
    setTimeout(() => abort.abort(), 20);
    await expect(counting).rejects.toThrow(/aborted/i);
    const began = performance.now();
    await expect(waiting).rejects.toThrow(/aborted/i);
    expect((await after).requests[0]?.contentTokens).toEqual({ o200k_base: 1 });
    // The whole count would take longer than the grace of 500 ms, after which the worker is ended.
    expect(performance.now() - began).toBeLessThan(2000);
    await expect(estimator.count({ text: 'x' }, [], { signal: abort.signal })).rejects.toThrow(/aborted/i);
  });
});

describe('a prompt that the worker keeps', () => {
  const prompt = (text: string) => ({ text, fileName: 'a.prompt.md' });
  const tokens = async (count: Promise<PromptCounts>) => (await count).requests[0]?.contentTokens.o200k_base;

  test('is sent once, its changes then', async () => {
    estimator = createEstimator({ workerPath });
    let text = '---\nmodel: gpt-4.1\n---\nSay hello to Ada.';
    let reads = 0;
    const kept = estimator.keep(() => {
      reads += 1;
      return prompt(text);
    });
    expect(await tokens(kept.count(['gpt-4.1']))).toBe(5);
    for (const [start, length, added] of [
      [text.length, 0, ' And to Grace.'],
      [text.indexOf('Ada'), 3, 'Alan Turing'],
      [0, 4, '---\n'],
    ] as const) {
      text = text.slice(0, start) + added + text.slice(start + length);
      kept.edit([{ start, length, text: added }]);
      const whole = await tokens(estimator.count(prompt(text), ['gpt-4.1']));
      expect(await tokens(kept.count(['gpt-4.1']))).toBe(whole);
    }
    expect(reads).toBe(1);
    kept.close();
    expect(await tokens(kept.count(['gpt-4.1']))).toBeGreaterThan(5);
    expect(reads).toBe(2);
  });

  test('is sent again to a new worker, and when a change was not told', async () => {
    estimator = createEstimator({ workerPath, idleMs: 1 });
    let text = 'one two three';
    const kept = estimator.keep(
      () => prompt(text),
      () => text.length,
    );
    expect(await tokens(kept.count(['gpt-4.1']))).toBe(3);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(await tokens(kept.count(['gpt-4.1']))).toBe(3);
    text = 'one two three four';
    expect(await tokens(kept.count(['gpt-4.1']))).toBe(4);
  });

  test('of 1 MB is counted again within 10 ms of a key, in the worker', async () => {
    estimator = createEstimator({ workerPath });
    let text = 'The quick brown fox jumps over the lazy dog, and then it rests for a while.\n'.repeat(13_000);
    const kept = estimator.keep(() => prompt(text));
    await kept.count(['gpt-4.1']);
    const times: number[] = [];
    for (let key = 0; key < 60; key += 1) {
      const start = Math.floor((text.length * ((key * 37) % 60)) / 60);
      text = `${text.slice(0, start)}x${text.slice(start)}`;
      const began = performance.now();
      kept.edit([{ start, length: 0, text: 'x' }]);
      await kept.count(['gpt-4.1']);
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    const median = times[30] as number;
    console.log(`a key in 1 MB, to the worker and back: ${median.toFixed(1)} ms (limit 10 ms)`);
    expect(median).toBeLessThan(50);
    expect(await tokens(kept.count(['gpt-4.1']))).toBe(await tokens(estimator.count(prompt(text), ['gpt-4.1'])));
  });
});

test('counts give hashes when they are asked for: of each text, and of all', async () => {
  estimator = createEstimator({ workerPath });
  const source = { text: fixture('chat.json'), fileName: 'chat.json' };
  expect((await estimator.count(source, ['gpt-4.1'])).textHash).toBeNull();
  const { textHash, textHashes } = await estimator.count(source, ['gpt-4.1'], { isHashed: true });
  expect(textHashes).toHaveLength(2);
  expect(textHash).toMatch(/^[0-9a-f]{32}$/);
  const one = { text: ' You are a helpful assistant.\r\n', isPlain: true };
  expect((await estimator.count(one, [], { isHashed: true })).textHash).toBe(textHashes[0]);
});

describe('workers that fail', () => {
  test('one that does not stop is ended, and the next call is answered', async () => {
    const stuck = otherWorker('stuck', `if (source.text === 'stuck') { for (;;); } else { done(id); }`);
    estimator = createEstimator({ workerPath: stuck, graceMs: 50 });
    const abort = new AbortController();
    const counting = estimator.count({ text: 'stuck' }, [], { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(counting).rejects.toThrow(/aborted/i);
    await expect(estimator.count({ text: 'next' }, [])).resolves.toEqual({ characters: 1 });
  });

  test.each([
    ['throws', `throw new Error('broken')`, 'broken'],
    ['ends', 'process.exit(3)', 'code 3'],
  ])('one that %s rejects with a reason, and the next call is answered', async (name, act, reason) => {
    const failing = otherWorker(name, `if (source.text === 'bad') { ${act} } else { done(id); }`);
    estimator = createEstimator({ workerPath: failing });
    const bad = estimator.count({ text: 'bad' }, []);
    const next = estimator.count({ text: 'good' }, []);
    await expect(bad).rejects.toThrow(`Counting tokens failed: `);
    await expect(bad).rejects.toThrow(reason);
    await expect(next).resolves.toEqual({ characters: 1 });
  });

  test('one that is not there rejects', async () => {
    estimator = createEstimator({ workerPath: path.join(folder, 'missing.mjs') });
    await expect(estimator.count({ text: 'x' }, [])).rejects.toThrow(/Counting tokens failed.*missing/);
  });

  test('it ends when idle and starts again', async () => {
    const log = path.join(folder, 'starts');
    const idle = otherWorker(
      'idle',
      `appendFileSync(${JSON.stringify(log)}, globalThis.used ? 'again ' : 'first '); globalThis.used = true; done(id);`,
    );
    estimator = createEstimator({ workerPath: idle, idleMs: 100 });
    await estimator.count({ text: 'x' }, []);
    await estimator.count({ text: 'x' }, []);
    await new Promise(resolve => setTimeout(resolve, 400));
    await estimator.count({ text: 'x' }, []);
    expect(readFileSync(log, 'utf8')).toBe('first again first ');
  });

  test('disposing rejects what runs and what comes', async () => {
    const silent = createEstimator({ workerPath: otherWorker('silent', '') });
    const counting = silent.count({ text: 'x' }, []);
    const rejected = expect(counting).rejects.toThrow('closed');
    await silent.dispose();
    await rejected;
    await expect(silent.count({ text: 'x' }, [])).rejects.toThrow('closed');
  });
});
