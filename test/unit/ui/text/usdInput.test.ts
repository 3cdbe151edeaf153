import { expect, test } from 'vitest';
import { parseUsdInput } from '../../../../src/ui/text/usdInput.ts';

test.each([
  ['5', 5],
  [' $7.50 ', 7.5],
  ['0,25', 0.25],
  ['.4', 0.4],
  ['0', 0],
  ['1000000', 1_000_000],
])('%j is $%d', (text, amount) => {
  expect(parseUsdInput(text)).toBe(amount);
});

test.each(['', 'x', '-1', '1.2.3', '1e3', '5 EUR', '1000001', '1,000,000', 'Infinity'])('%j is no amount', text => {
  expect(parseUsdInput(text)).toBeNull();
});
