import type { Totals } from '../../../api/contract.ts';
import { formatForwarding } from '../../forwarding/forwardText.ts';
import { escapeMarkdown } from '../../text/markdown.ts';
import type { Translate } from '../../text/translate.ts';

/** How forwarding goes, a line for each destination. */
export function formatForwardLines({ forward = [] }: Totals, nowMs: number, t: Translate): string[] {
  return forward.map(state => {
    const icon = state.last_error === null ? '$(cloud-upload)' : '$(warning)';
    return `${icon} ${t('Forwarding to {0}', escapeMarkdown(formatForwarding(state, nowMs, t)))}`;
  });
}
