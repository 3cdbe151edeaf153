import type { Totals } from '../../../api/contract.ts';
import { commands } from '../../../contributions.ts';
import { escapeMarkdown, formatCommandLink, formatTable } from '../../text/markdown.ts';
import { formatCount } from '../../text/numbers.ts';
import { findRunning, formatSpend } from '../spendText.ts';
import type { TooltipContext } from './spendTooltip.ts';

const longestName = 32;

/** The sessions of the last hour with their agents, each a link to its calls. */
export function formatSessions(totals: Totals, { nowMs, t }: TooltipContext): string[] {
  if (totals.sessions.length === 0) {
    return [];
  }
  const running = findRunning(totals, nowMs);
  const rows = totals.sessions.map(session => {
    const name = formatCommandLink(shorten(session.session_id), commands.openReport, {
      view: 'sessions',
      session: session.session_id,
    });
    const agents = session.agents.map(escapeMarkdown).join(', ');
    return [
      `${session === running ? '$(pulse) ' : ''}${name}`,
      agents,
      formatSpend(session),
      formatCount(session.requests),
    ];
  });
  return [
    formatTable(
      [
        `**${t('Sessions of the last hour')}**`,
        '',
        `&nbsp;&nbsp;&nbsp;${t('Spend')}`,
        `&nbsp;&nbsp;&nbsp;${t('Requests')}`,
      ],
      rows,
    ),
  ];
}

function shorten(name: string): string {
  return escapeMarkdown(name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name);
}
