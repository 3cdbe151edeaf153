/** A notice's id names its ledger and its key, so that an answer also reaches the engine that comes after a crash. */
export function formatNoticeId(ledger: string, key: string): string {
  return `${ledger}:${key}`;
}

/** The ledger and the key (`daily:2026-11-22:80`) of a notice's id, or null when it is none. */
export function parseNoticeId(id: string): { readonly ledger: string; readonly key: string } | null {
  const parts = /^([0-9a-f]{32}):(daily:\d{4}-\d\d-\d\d:\d{1,9}(?:\.\d{1,9})?)$/.exec(id);
  return parts ? { ledger: parts[1] ?? '', key: parts[2] ?? '' } : null;
}
