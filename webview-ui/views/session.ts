/** One session as a timeline of its calls: what each sent, cached, answered, cost and took; subagents stand in. */
import type { RecordRow, SessionFigures } from '../../src/api/contract.ts';
import { toCell } from '../chart/series.ts';
import { createLinkButton, h, setText } from '../dom.ts';
import {
  formatClock,
  formatCost,
  formatCount,
  formatDuration,
  formatInstant,
  formatLatency,
  plural,
} from '../format.ts';
import type { ViewContent } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createCallCostColumn, createModelColumn, createTokensColumn } from './recordColumns.ts';
import type { PageEvents, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'session' }>;

export function createSession(events: PageEvents): ViewPart<Content> {
  let timeZone = 'UTC';
  let span: readonly [start: number, end: number] = [0, 1];
  const title = h('h2', { id: 'session-title', tabindex: '-1' });
  const outline = h('p', { class: 'quiet' });
  const note = h('p', { class: 'quiet' });
  const back = createLinkButton(texts.backToSessions, () => events.go({ session: null }));
  const table = createTable<RecordRow>({
    id: 'timeline',
    title: texts.timeline,
    pageSize: 100,
    rowId: ({ id }) => id,
    sort: null,
    columns: [
      { ...createModelColumn<RecordRow>(), indent: ({ subagent }) => (subagent === null ? 0 : 1) },
      {
        id: 'timestamp',
        title: texts.time,
        kind: 'text',
        value: ({ timestamp }) => timestamp,
        text: ({ timestamp }) => formatClock(timestamp, timeZone),
      },
      { id: 'span', title: '', kind: 'span', value: () => null, text: () => '', span: record => spanOf(record, span) },
      {
        id: 'task_type',
        title: texts.taskType,
        kind: 'text',
        value: ({ task_type: task }) => task,
        text: ({ subagent, task_type: task }) => (subagent === null ? (task ?? '–') : fill(texts.subagentOf, subagent)),
      },
      createTokensColumn('prompt_tokens', texts.tokensIn),
      createTokensColumn('cache_read_tokens', texts.cached),
      createTokensColumn('completion_tokens', texts.tokensOut),
      createCallCostColumn(
        ({ model, timestamp }) => `${model ?? texts.none}, ${formatClock(timestamp, timeZone)}`,
        events,
      ),
      {
        id: 'latency_ms',
        title: texts.latencyWord,
        kind: 'number',
        value: ({ latency_ms: ms }) => ms,
        text: ({ latency_ms: ms }) => formatLatency(ms),
      },
    ],
  });
  return {
    element: h('section', { class: 'session', 'aria-labelledby': title.id }, back, title, outline, note, table.element),
    update: ({ session, records }, { place, timeZone: zone }) => {
      timeZone = zone;
      span = spanOfAll(records);
      setText(title, place.session ?? texts.none);
      setText(outline, session ? formatOutline(session, zone) : '');
      const isCut = session !== null && session.requests > records.length;
      setText(
        note,
        !isCut ? '' : records.length === 0 ? texts.noCallsKept : fill(texts.firstCalls, formatCount(records.length)),
      );
      note.hidden = !isCut;
      table.element.hidden = records.length === 0;
      table.update(records);
    },
    export: () => [table.export()],
  };
}

function formatOutline(session: SessionFigures, timeZone: string): string {
  const { first_record: first, last_record: last } = session;
  return [
    session.agents.join(', '),
    formatCost(toCell(session)),
    plural(session.requests, texts.requestCountOne, texts.requestCountOther),
    first === null ? '' : formatInstant(first, timeZone),
    first === null || last === null ? '' : formatDuration(Date.parse(last) - Date.parse(first)),
    session.branches.join(', '),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Latency is the time up to the answer, and a record's time is when the call was made or answered, whatever its source says. */
function spanOfAll(records: readonly RecordRow[]): readonly [number, number] {
  const starts = records.map(({ timestamp }) => Date.parse(timestamp));
  const ends = records.map(({ timestamp, latency_ms: ms }) => Date.parse(timestamp) + (ms ?? 0));
  return [Math.min(...starts), Math.max(...ends)];
}

function spanOf({ timestamp, latency_ms: ms }: RecordRow, [start, end]: readonly [number, number]) {
  const length = Math.max(1, end - start);
  const from = (Date.parse(timestamp) - start) / length;
  return [from, Math.min(1, from + (ms ?? 0) / length)] as const;
}
