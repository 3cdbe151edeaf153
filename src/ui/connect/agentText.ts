import type { ConnectionState } from '../../connect/connectionState.ts';
import type { Translate } from '../text/translate.ts';

/** What is known of an agent's connection. */
export type AgentState =
  | ConnectionState
  /** Its logs are read as it writes them: since the setting says so, or since they were imported once. */
  | { readonly kind: 'logs'; readonly isSet: boolean }
  /** Its settings can't be read; the reason is for people. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** How long ago an instant was (both epoch ms), in words: "4 s ago". */
export function formatAgo(atMs: number, nowMs: number, t: Translate): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 60) {
    return t('{0} s ago', seconds);
  }
  if (seconds < 3600) {
    return t('{0} min ago', Math.round(seconds / 60));
  }
  return seconds < 48 * 3600
    ? t('{0} h ago', Math.round(seconds / 3600))
    : t('{0} days ago', Math.round(seconds / 86_400));
}

/** The state of an agent in a line: "connected, last record 4 s ago". Instants are epoch ms. */
export function formatAgentState(
  state: AgentState,
  seen: { readonly lastMs: number | null; readonly testMs: number | null; readonly nowMs: number },
  t: Translate,
): string {
  const { lastMs, testMs, nowMs } = seen;
  const record =
    testMs !== null && testMs > (lastMs ?? 0)
      ? t('test record received {0}', formatAgo(testMs, nowMs, t))
      : lastMs === null
        ? t('no record yet')
        : t('last record {0}', formatAgo(lastMs, nowMs, t));
  const isTold = lastMs !== null || testMs !== null;
  switch (state.kind) {
    case 'connected':
      return [t('connected'), ...('parts' in state && state.parts.hook ? [t('asks budgets')] : []), record].join(', ');
    case 'byHand':
      return [t('connected by hand'), record].join(', ');
    case 'outdated':
      return t('connected to an old address: choose it to update');
    case 'changed':
      return t('connected, but its settings were changed since');
    case 'foreign':
      return t('connected to another VS Code');
    case 'elsewhere':
      return t('not connected, telemetry goes to {0}', state.endpoint);
    case 'logs':
      return [t('connected'), t('by its logs'), record].join(', ');
    case 'unreadable':
      return t('not connected: {0}', state.reason);
    case 'off':
      return isTold ? [t('not connected'), record].join(', ') : t('not connected');
  }
}
