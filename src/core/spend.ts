/** A cost of which subscriptions may pay a part. USD. */
interface Costed {
  readonly cost_usd: number | null;
  readonly subscription_cost_usd: number | null;
}

/**
 * What is really spent: the cost without the part that subscriptions pay for, to the nano-USD. Null when nothing is priced; 0 when a
 * subscription pays for all of it.
 */
export function spendOf({ cost_usd: cost, subscription_cost_usd: covered }: Costed): number | null {
  return cost === null ? null : Math.round((cost - (covered ?? 0)) * 1e9) / 1e9;
}
