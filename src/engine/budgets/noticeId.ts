/** One crossing in the id of a notice: a budget (or `runaway`), the period it is in, the threshold in percent. None holds a `:` or `+`. */
export interface NoticeKey {
  readonly key: string;
  readonly period: string;
  /** Percent; with `@` the instant of the allowance that is over, when it is about a budget that was overdrawn by leave. */
  readonly threshold: string;
}

/** The mark that a crossing leaves when it was shown. */
export function formatMark({ key, period, threshold }: NoticeKey): string {
  return `${key}:${period}:${threshold}`;
}

/** A notice's id names its ledger and what it tells, so that an answer also reaches the engine that comes after a crash. */
export function formatNoticeId(ledger: string, keys: readonly NoticeKey[]): string {
  return `${ledger}:${keys.map(formatMark).join('+')}`;
}

const mark = /^(daily|runaway|budget\/[^:+]{1,600}):([^:+]{1,600}):(\d{1,9}(?:\.\d{1,9})?(?:@\d{1,16})?)$/;

/** The ledger and the crossings of a notice's id, or null when it is none. */
export function parseNoticeId(id: string): { readonly ledger: string; readonly keys: readonly NoticeKey[] } | null {
  const [, ledger, marks] = /^([0-9a-f]{32}):(.+)$/.exec(id) ?? [];
  const parts = (marks ?? '').split('+').map(part => mark.exec(part));
  if (ledger === undefined || !parts.every(part => part !== null)) {
    return null;
  }
  return { ledger, keys: parts.map(([, key = '', period = '', threshold = '']) => ({ key, period, threshold })) };
}
