import { defineConfig } from 'vitest/config';
import { ResultReporter } from './test/run/vitestReporter.ts';

const isScreenshots = process.env.SPEND_LENS_SCREENSHOTS === '1';

export default defineConfig({
  test: {
    reporters: ['default', new ResultReporter()],
    watch: false,
    restoreMocks: true,
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'webview',
          include: ['test/webview/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'agents',
          include: ['test/agents/**/*.test.ts'],
          // An agent runs several times in one test, each time with everything it does at a start.
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          // Pictures for the README are made on request only: `npm run screenshots`.
          include: isScreenshots ? ['test/e2e/screenshots.test.ts'] : ['test/e2e/**/*.test.ts'],
          exclude: isScreenshots ? [] : ['test/e2e/screenshots.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          // A window on a busy machine takes its time.
          expect: { poll: { timeout: 10_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
