import type { ReportContent, ReportPeriod } from '../../../webview-ui/messages.ts';
import type { Client, SummaryRange } from '../../api/client.ts';
import type { Group, GroupKey, Summary } from '../../api/contract.ts';

export type ReportTables = Pick<ReportContent, 'byDay' | 'byModel' | 'byTaskType' | 'bySession' | 'byUser'>;
type Reader = Pick<Client, 'summary'>;

/** How often the tables are asked for again when a record came in between them. */
const maxTries = 3;

/**
 * The tables of a report, all of one range, and as far as the stream of records lets it, of one moment: a page whose tables
 * disagree would be a wrong number. Throws what the client throws.
 */
export async function loadReport(client: Reader, period: ReportPeriod, signal?: AbortSignal): Promise<ReportTables> {
  for (let attempt = 1; ; attempt++) {
    const byDay = await client.summary(toRange(period), ['day', 'model'], signal);
    // A named period is resolved once: midnight may fall between two calls.
    const range = { from: byDay.from, to: byDay.to };
    const ask = (key: GroupKey) => client.summary(range, [key], signal);
    const [byModel, byTaskType, bySession, byUser] = await Promise.all([
      ask('model'),
      ask('task_type'),
      ask('session_id'),
      ask('user_id'),
    ]);
    const rest = [byModel, byTaskType, bySession, byUser];
    if (attempt === maxTries || rest.every(table => isSameTotal(table, byDay))) {
      return { byDay, byModel, byTaskType, bySession, byUser };
    }
  }
}

/**
 * The calls of a period in the finest groups that the report's tables are made of, for an export that adds up to them: day by day,
 * the dearest of each first, as the engine gives them.
 */
export async function loadExport(client: Reader, period: ReportPeriod, signal?: AbortSignal): Promise<Summary> {
  const summary = await client.summary(toRange(period), exportKeys, signal);
  const dayOf = (group: Group): string => group.key.day ?? '';
  const groups = [...summary.groups].sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : dayOf(a) > dayOf(b) ? 1 : 0));
  return { ...summary, groups };
}

/** Columns of an export that say which calls a row sums. */
export const exportKeys = ['day', 'provider', 'model', 'agent', 'task_type', 'session_id', 'user_id'] as const;

function toRange(period: ReportPeriod): SummaryRange {
  return period.kind === 'named' ? { period: period.name } : { from: period.from, to: period.to };
}

function isSameTotal({ total: a }: Summary, { total: b }: Summary): boolean {
  return a.requests === b.requests && a.cost_usd === b.cost_usd && a.prompt_tokens === b.prompt_tokens;
}
