/** Rank data is large: which of it is loaded, and where, by the bundles as they ship. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEstimator } from '../../../src/estimator/estimatorWorker.ts';

const dist = path.resolve(import.meta.dirname, '../../../dist');

/** The worker's bundle with rank files that write down who loads them. */
function installWatched() {
  const folder = mkdtempSync(path.join(tmpdir(), 'spend-lens-ranks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'ranks'));
  cpSync(path.join(dist, 'estimator.js'), path.join(folder, 'estimator.js'));
  const log = path.join(folder, 'loaded.txt');
  for (const name of ['o200kBase', 'cl100kBase']) {
    const line = `(require('node:worker_threads').isMainThread ? 'main' : 'worker') + ' ${name}\\n'`;
    writeFileSync(
      path.join(folder, 'ranks', `${name}.js`),
      `require('node:fs').appendFileSync(${JSON.stringify(log)}, ${line});
       module.exports = require(${JSON.stringify(path.join(dist, 'ranks', `${name}.js`))});`,
    );
  }
  appendFileSync(log, '');
  return { workerPath: path.join(folder, 'estimator.js'), loaded: () => readFileSync(log, 'utf8').trim().split('\n') };
}

test('only the encodings that are needed are loaded, once, and in the worker alone', async ctx => {
  if (!existsSync(path.join(dist, 'estimator.js'))) {
    ctx.skip('dist/ is not built');
  }
  const { workerPath, loaded } = installWatched();
  const estimator = createEstimator({ workerPath });
  onTestFinished(() => estimator.dispose());
  expect(loaded()).toEqual(['']);
  const o200k = await estimator.count({ text: 'hello world' }, ['gpt-4.1', 'gpt-5', 'claude-sonnet-4-20250514']);
  expect(o200k.requests[0]?.contentTokens).toEqual({ o200k_base: 2 });
  expect(loaded()).toEqual(['worker o200kBase']);
  const both = await estimator.count({ text: 'hello world' }, ['gpt-4.1', 'gpt-4']);
  expect(both.requests[0]?.contentTokens).toEqual({ o200k_base: 2, cl100k_base: 2 });
  await estimator.count({ text: 'once more' }, ['gpt-4', 'gpt-4o']);
  expect(loaded()).toEqual(['worker o200kBase', 'worker cl100kBase']);
});

test('what a window loads with the estimator holds none of the rank data', ctx => {
  if (!existsSync(path.join(dist, 'extension.cjs'))) {
    ctx.skip('dist/ is not built');
  }
  const some = readFileSync(path.join(dist, 'ranks/o200kBase.js'), 'utf8').slice(100_000, 100_060);
  expect(some).toMatch(/^[A-Za-z0-9+/= ]{60}$/);
  for (const name of ['extension.cjs', 'estimator.js', 'priceBook.js']) {
    expect(readFileSync(path.join(dist, name), 'utf8').includes(some), name).toBe(false);
  }
});
