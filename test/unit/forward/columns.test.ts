import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatNumeric } from '../../../src/forward/postgres/columns.ts';

it('writes nano-USD as exact USD', () => {
  expect([0, 1, 6_000_000, 1_234_567_890, -5, Number.MAX_SAFE_INTEGER].map(formatNumeric)).toEqual([
    '0.000000000',
    '0.000000001',
    '0.006000000',
    '1.234567890',
    '-0.000000005',
    '9007199.254740991',
  ]);
  fc.assert(
    fc.property(fc.maxSafeInteger(), nano => {
      const [whole = '', fraction = ''] = formatNumeric(nano).replace('-', '').split('.');
      return fraction.length === 9 && BigInt(whole + fraction) === BigInt(Math.abs(nano));
    }),
  );
});
