import { usdToNano } from '../core/money.ts';

/**
 * What an agent thinks that a call cost, in nano-USD, from its USD (a number, or digits as some exporters write them). Kept beside the row for
 * comparison, and never the cost: agents price models that they don't know like others. Null where it says nothing that can be an amount.
 */
export function readAgentCost(usd: unknown): number | null {
  const amount = typeof usd === 'string' && usd.trim() !== '' ? Number(usd) : usd;
  if (typeof amount !== 'number' || !(amount >= 0)) {
    return null;
  }
  try {
    return usdToNano(amount);
  } catch {
    return null;
  }
}
