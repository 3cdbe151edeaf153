import type { DeletionRequest, Figures, Group } from '../../api/contract.ts';
import { addDays, dayOf } from '../../core/time/calendar.ts';
import { formatSpend } from '../statusBar/spendText.ts';
import { formatCount, isOne } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';

/** Something to delete, and how it is called in the middle of a sentence. */
export interface Deletion {
  readonly request: DeletionRequest;
  readonly name: string;
}

/** Dates outside of which there are no calls. */
export const always = { from: '1970-01-01', to: '9999-12-31' } as const;

/** Days after which calls are old. */
const oldDays = 90;

/** The periods that are offered, with a label each; `nowMs` is epoch ms, the zone IANA. */
export function listPeriods(nowMs: number, zone: string, t: Translate): (Deletion & { readonly label: string })[] {
  const today = dayOf(nowMs, zone);
  const first = `${today.slice(0, 8)}01`;
  const tomorrow = addDays(today, 1);
  const nextMonth = `${addDays(first, 31).slice(0, 8)}01`;
  const oldest = addDays(today, -oldDays);
  return [
    { label: t('Today'), name: t('of today'), request: { from: today, to: tomorrow } },
    { label: t('This month'), name: t('of this month'), request: { from: first, to: nextMonth } },
    {
      label: t('Older than {0} days', formatCount(oldDays)),
      name: t('from before {0}', oldest),
      request: { from: always.from, to: oldest },
    },
    { label: t('Everything'), name: t('of all time'), request: always },
  ];
}

/** A range of days with the last one included. */
export function chooseDays(from: string, last: string, t: Translate): Deletion {
  const name = from === last ? t('of {0}', from) : t('from {0} to {1}', from, last);
  return { name, request: { from, to: addDays(last, 1) } };
}

/** What is wrong with a day that was typed (`YYYY-MM-DD`), or null; `from` is the earliest one that makes sense. */
export function findDayProblem(text: string, from: string | null, t: Translate): string | null {
  const day = text.trim();
  try {
    // Throws for what is no day of the calendar.
    const valid = addDays(day, 0);
    return from !== null && valid < from ? t('The last day is before {0}.', from) : null;
  } catch {
    return t('Enter a day such as 2026-11-22.');
  }
}

/** A session to choose. */
export interface SessionItem {
  readonly sessionId: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** The sessions of groups by `session_id` and `day`, the last used first. */
export function listSessions(groups: readonly Group[], t: Translate): SessionItem[] {
  const sessions = new Map<string, { lastDay: string; requests: number; cost: number | null }>();
  for (const { key, requests, cost_usd } of groups) {
    const [id, day] = [key.session_id ?? null, key.day ?? ''];
    if (id !== null) {
      const known = sessions.get(id) ?? { lastDay: '', requests: 0, cost: null };
      sessions.set(id, {
        lastDay: [day, known.lastDay].sort().at(-1) ?? '',
        requests: known.requests + requests,
        cost: cost_usd === null ? known.cost : (known.cost ?? 0) + cost_usd,
      });
    }
  }
  return [...sessions]
    .sort(([, a], [, b]) => (a.lastDay < b.lastDay ? 1 : a.lastDay > b.lastDay ? -1 : (b.cost ?? 0) - (a.cost ?? 0)))
    .map(([sessionId, { lastDay, requests, cost }]) => ({
      sessionId,
      label: sessionId,
      description: `${formatSpend({ requests, cost_usd: cost, subscription_cost_usd: null })} · ${formatCalls(requests, t)}`,
      detail: t('Last used {0}', lastDay),
    }));
}

/** Calls with what they cost: "12 calls ($1.23)". */
export function formatDeleted(figures: Figures, t: Translate): string {
  return `${formatCalls(figures.requests, t)} (${formatSpend(figures)})`;
}

/** The figures that go, and that they are gone then. */
export function formatConsequence({ prompt_tokens, completion_tokens }: Figures, t: Translate): string {
  const [input, output] = [prompt_tokens, completion_tokens].map(formatCount) as [string, string];
  return [
    t('{0} tokens in and {1} tokens out leave the totals, the report and the database.', input, output),
    t("This can't be undone. To keep a copy, export the database first."),
  ].join(' ');
}

function formatCalls(count: number, t: Translate): string {
  return isOne(count) ? t('{0} call', formatCount(count)) : t('{0} calls', formatCount(count));
}
