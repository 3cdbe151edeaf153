/** The sessions of the period, the latest first. */
import type { SessionFigures } from '../../src/api/contract.ts';
import { h } from '../dom.ts';
import { formatInstant } from '../format.ts';
import type { ViewContent } from '../messages.ts';
import type { Column } from '../table/columns.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createFigureColumns } from './figureColumns.ts';
import type { PageEvents, Sorts, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'sessions' }>;

export function createSessions(sorts: Sorts, events: PageEvents): ViewPart<Content> {
  let timeZone = 'UTC';
  let filter = {};
  const nameOf = ({ session_id: id }: SessionFigures) => id ?? texts.none;
  const time = (id: 'first_record' | 'last_record', title: string): Column<SessionFigures> => ({
    id,
    title,
    kind: 'text',
    value: session => session[id],
    text: session => (session[id] === null ? '–' : formatInstant(session[id], timeZone)),
  });
  const list = (id: 'agents' | 'models', title: string): Column<SessionFigures> => ({
    id,
    title,
    kind: 'text',
    value: session => session[id].join(', ') || null,
    text: session => session[id].join(', ') || '–',
  });
  const table = createTable<SessionFigures>({
    id: 'sessions',
    title: texts.sessions,
    pageSize: 25,
    rowId: session => JSON.stringify(session.session_id),
    sort: sorts.sessions ?? { column: 'last_record', descending: true },
    onDidSort: sort => events.onDidSort('sessions', sort),
    columns: [
      {
        id: 'session_id',
        title: texts.session,
        kind: 'name',
        value: session => session.session_id,
        text: nameOf,
        isQuiet: session => session.session_id === null,
        press: {
          label: session => fill(texts.openSession, nameOf(session)),
          run: session => events.go({ session: session.session_id }),
          isOffered: session => session.session_id !== null,
        },
      },
      list('agents', texts.agents),
      list('models', texts.models),
      time('first_record', texts.started),
      time('last_record', texts.lastCall),
      ...createFigureColumns<SessionFigures>(session => session, {
        label: nameOf,
        run: session =>
          events.go({
            explained: {
              kind: 'calls',
              label: nameOf(session),
              filter: { ...filter, session_id: [session.session_id] },
            },
          }),
      }),
    ],
  });
  return {
    element: h('div', { class: 'sessions' }, table.element),
    update: ({ sessions: { sessions } }, content) => {
      timeZone = content.timeZone;
      filter = content.place.filter;
      table.update(sessions);
    },
    export: () => [table.export()],
  };
}
