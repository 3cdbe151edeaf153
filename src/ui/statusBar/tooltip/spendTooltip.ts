import type { EngineState, Figures, RecordOutline, Totals } from '../../../api/contract.ts';
import { commands } from '../../../contributions.ts';
import type { ConnectionState } from '../../connection/engineConnection.ts';
import { escapeMarkdown, escapeSentence, formatCommandLink, formatTable } from '../../text/markdown.ts';
import { formatCount, formatTokens, formatUsdPrecise } from '../../text/numbers.ts';
import type { Translate } from '../../text/translate.ts';
import { formatSpend } from '../spendText.ts';
import { formatBudgets, formatBurn } from './budgetLines.ts';
import { formatCoverage, formatSubscriptions } from './coverageLines.ts';
import { formatForwardLines } from './forwardLines.ts';
import { formatSessions } from './sessionTable.ts';

/** The commands that the tooltip's links may run; the Markdown is trusted for these and no others. */
export const tooltipCommands: readonly string[] = [
  commands.openReport,
  commands.openSettings,
  commands.changeBudget,
  commands.setPriceOverride,
  commands.copyConnectionSettings,
  commands.restartEngine,
  commands.showLog,
];

export interface TooltipContext {
  /** Name of the workspace, null for the machine ledger. */
  readonly workspace: string | null;
  /** An instant (ISO 8601) in the user's zone and language. */
  readonly formatInstant: (iso: string) => string;
  /** Epoch ms. */
  readonly nowMs: number;
  readonly t: Translate;
}

/** More names than this are only counted. */
const maxUnpricedNames = 3;

/** The spend item's tooltip as Markdown with theme icons. */
export function formatSpendTooltip(state: ConnectionState, context: TooltipContext): string {
  const { t, workspace } = context;
  const title = `**Spend Lens** · ${workspace === null ? t('this machine') : escapeMarkdown(workspace)}`;
  return [title, ...formatState(state, context)].join('\n\n');
}

function formatState(state: ConnectionState, context: TooltipContext): string[] {
  const { t } = context;
  switch (state.kind) {
    case 'starting':
      return [t('The engine is starting. Calls sent meanwhile are not recorded.'), formatLinks(t)];
    case 'stopped':
      return [
        `$(warning) ${t('The engine is not running: new calls are not recorded.')}`,
        escapeSentence(state.reason),
        [
          formatCommandLink(t('Restart Engine'), commands.restartEngine),
          formatCommandLink(t('Show Log'), commands.showLog),
        ].join(' · '),
      ];
    case 'running':
      return [
        formatFigures(state.totals, context),
        ...(state.totals.top_models.length === 0 ? [t('No calls recorded today.')] : []),
        ...formatSubscriptions(state.totals, t),
        ...formatSessions(state.totals, context),
        ...formatBudgets(state.totals, t),
        ...formatBurn(state.totals, t),
        ...formatCoverage(state.totals.today, t),
        ...formatLast(state.totals.last_record, context),
        ...formatUnpriced(state.totals, t),
        ...formatForwardLines(state.totals, context.nowMs, t),
        ...formatEngineNotes(state.engine, t),
        '---',
        `${formatEndpoint(state.engine, t)} · ${formatLinks(t)}`,
      ];
  }
}

/** Periods and today's models in one table, so that their columns line up. */
function formatFigures({ today, week, month, top_models, machine }: Totals, { t, workspace }: TooltipContext): string {
  const line = (name: string, figures: Figures) => [
    name,
    formatSpend(figures),
    formatCount(figures.requests),
    formatTokens(figures.prompt_tokens + figures.completion_tokens),
  ];
  const all = machine && workspace !== null ? machine : null;
  const models = top_models.map(model => line(formatModelName(model.model, t), model));
  return formatTable(
    ['', ...[t('Spend'), t('Requests'), t('Tokens')].map(head => `&nbsp;&nbsp;&nbsp;${head}`)],
    [
      line(t('Today'), today),
      line(t('This week'), week),
      line(t('This month'), month),
      ...(all ? [line(t('All workspaces today'), all.today), line(t('All workspaces this month'), all.month)] : []),
      ...(models.length > 0 ? [[`**${t('Top models today')}**`, '', '', ''], ...models] : []),
    ],
  );
}

function formatLast(record: RecordOutline | null, { t, formatInstant }: TooltipContext): string[] {
  if (!record) {
    return [];
  }
  const count = (tokens: number | null) => (tokens === null ? '?' : formatCount(tokens));
  const parts = [
    formatModelName(record.model, t),
    t('{0} tokens in, {1} out', count(record.prompt_tokens), count(record.completion_tokens)),
    formatUsdPrecise(record.cost_usd),
    escapeMarkdown(formatInstant(record.timestamp)),
  ];
  return [t('Last request: {0}', parts.join(' · '))];
}

function formatUnpriced({ unpriced_models }: Totals, t: Translate): string[] {
  if (unpriced_models.length === 0) {
    return [];
  }
  const names = unpriced_models
    .slice(0, maxUnpricedNames)
    .map(name => `${escapeMarkdown(name)} (${formatCommandLink(t('Set Price'), commands.setPriceOverride, name)})`);
  const rest = unpriced_models.length - names.length;
  const list = names.join(', ') + (rest > 0 ? ` ${t('and {0} more', formatCount(rest))}` : '');
  return [`$(warning) ${t('Not in the spend, as no price is known: {0}', list)}`];
}

function formatEngineNotes({ displaced_port, url, warnings }: EngineState, t: Translate): string[] {
  const notes = warnings.map(warning => `$(warning) ${escapeSentence(warning)}`);
  if (displaced_port === null) {
    return notes;
  }
  const copy = formatCommandLink(t('Copy Connection Settings'), commands.copyConnectionSettings);
  const moved = t(
    'Port {0} is used by another program; the endpoint is now {1}. Agents need the new address:',
    displaced_port,
    escapeMarkdown(url),
  );
  return [`$(warning) ${moved} ${copy}`, ...notes];
}

/** Whether the endpoint listens, and where. */
function formatEndpoint({ url, storage_problem: problem }: EngineState, t: Translate): string {
  return problem
    ? `$(error) ${t('Usage can’t be stored')}`
    : `$(plug) ${t('Listening at {0}', escapeMarkdown(url.replace('http://', '')))}`;
}

function formatLinks(t: Translate): string {
  return [
    formatCommandLink(`$(graph) ${t('Open Report')}`, commands.openReport),
    formatCommandLink(`$(gear) ${t('Settings')}`, commands.openSettings),
  ].join(' · ');
}

function formatModelName(model: string | null, t: Translate): string {
  return model === null ? t('(no model)') : escapeMarkdown(model);
}
