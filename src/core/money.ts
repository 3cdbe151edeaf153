/** Money is an integer number of nano-USD (1e-9 USD) inside; USD as a float exists only at the borders and on screen. */

const nanoPerUsd = 1_000_000_000;
const nanoPerCent = 10_000_000;

/**
 * USD → nano-USD, an integer, rounded half up. The decimal digits as written count, not the float behind them, so that
 * 1.0000000005 rounds up. Throws RangeError when the amount is not finite or too large to be an exact integer.
 */
export function usdToNano(usd: number): number {
  const nano = roundHalfUp(shiftDecimal(usd, 9));
  if (!Number.isSafeInteger(nano)) {
    throw new RangeError(`Not an amount of USD that can be counted in nano-USD: ${usd}`);
  }
  return nano;
}

/** Nano-USD → USD, for showing. */
export function nanoToUsd(nano: number): number {
  return nano / nanoPerUsd;
}

/** An amount as it is shown, before a language writes it (`numberFormats.ts`). */
export interface ShownUsd {
  /** Decimal digits: "-1234.50". */
  readonly digits: `${number}`;
  /** The amount is nearer to zero than the digits say: it is too small to show. */
  readonly isLess: boolean;
}

/** USD in whole cents, rounded half up; what is above nothing and below a cent is less than "0.01". */
export function roundToCents(usd: number): ShownUsd {
  const sign = usd < 0 ? '-' : '';
  const amount = Math.abs(usd);
  if (amount > 0 && amount < 0.01) {
    return { digits: `${sign}0.01` as ShownUsd['digits'], isLess: true };
  }
  const cents = roundHalfUp(shiftDecimal(amount, 2));
  return write(sign, Math.floor(cents / 100), String(cents % 100).padStart(2, '0'));
}

/**
 * USD of a single call or an estimate: whole cents and up to six significant digits below them, without trailing zeros
 * past the cents: "0.006", "0.0000125", "1.50". What is below a nano-USD is less than that.
 */
export function roundToDigits(usd: number): ShownUsd {
  if (Math.abs(usd) > Number.MAX_SAFE_INTEGER / nanoPerUsd) {
    return roundToCents(usd);
  }
  const sign = usd < 0 ? '-' : '';
  let nano = usdToNano(Math.abs(usd));
  if (nano === 0 && usd !== 0) {
    return { digits: `${sign}0.000000001` as ShownUsd['digits'], isLess: true };
  }
  // A cent is seven digits of nano-USD: only when all seven are significant is one too many.
  if (nano % nanoPerCent >= nanoPerCent / 10) {
    nano = Math.floor((nano + 5) / 10) * 10;
  }
  const fraction = String(nano % nanoPerUsd).padStart(9, '0');
  return write(sign, Math.floor(nano / nanoPerUsd), fraction.slice(0, 2) + fraction.slice(2).replace(/0+$/, ''));
}

/** `whole` is written out: the digits of an amount beyond 1e21 would else have an exponent. */
function write(sign: string, whole: number, fraction: string): ShownUsd {
  return { digits: `${sign}${BigInt(whole)}.${fraction}` as ShownUsd['digits'], isLess: false };
}

/** Moves the decimal point right in the shortest decimal form, which a multiplication by a power of ten does not do exactly. */
function shiftDecimal(value: number, places: number): number {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Not a finite amount: ${value}`);
  }
  const [digits, exponent = '0'] = String(value).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}

function roundHalfUp(value: number): number {
  const floor = Math.floor(value);
  const rounded = value - floor >= 0.5 ? floor + 1 : floor;
  return rounded === 0 ? 0 : rounded;
}
