import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatNotices, noticesFile } from '../../run/notices.ts';

it('names every bundled package with its licence (npm run notices)', { timeout: 60_000 }, async () => {
  expect(readFileSync(noticesFile, 'utf8')).toBe(await formatNotices());
});
