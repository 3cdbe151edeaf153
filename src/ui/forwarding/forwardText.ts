import type { ForwardingState } from '../../api/forwardContract.ts';
import { formatAgo } from '../connect/agentText.ts';
import { formatCount, isOne } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';

/** How forwarding to one destination goes, in a line: "team: 3 calls wait, last sent 4 s ago, failed: …". */
export function formatForwarding(state: ForwardingState, nowMs: number, t: Translate): string {
  const { name, waiting, last_sent: sent, last_error: error } = state;
  const parts = [
    waiting === 0
      ? t('all is sent')
      : isOne(waiting)
        ? t('{0} call waits', formatCount(waiting))
        : t('{0} calls wait', formatCount(waiting)),
    sent === null ? '' : t('last sent {0}', formatAgo(Date.parse(sent), nowMs, t)),
    error === null ? '' : t('failed: {0} It is tried again.', error),
  ];
  return `${name}: ${parts.filter(Boolean).join(', ')}`;
}
