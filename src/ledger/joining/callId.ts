/** Where a call's row stands: its time in epoch ms and its number among the calls of that ms. */
export interface CallPlace {
  readonly timestamp: number;
  readonly n: number;
}

/** The globally unique id of a call: its ledger's name and its place. The view `token_usage` forms the same text. */
export function formatCallId(ledger: string, { timestamp, n }: CallPlace): string {
  return `${ledger}-${timestamp}-${n}`;
}

/** The parts of an id made by {@link formatCallId}; null for any other text. */
export function parseCallId(id: string): (CallPlace & { readonly ledger: string }) | null {
  const match = /^(.+)-(\d+)-(\d+)$/.exec(id);
  return match?.[1] ? { ledger: match[1], timestamp: Number(match[2]), n: Number(match[3]) } : null;
}
