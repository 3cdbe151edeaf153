/** The four tables: where the money went by model, task type, session and user. */
import type { Group, GroupKey } from '../src/api/contract.ts';
import { h } from './dom.ts';
import type { PageCommand, ReportContent, ReportState, TableSort } from './messages.ts';
import { defaultSort } from './sorting.ts';
import { type Breakdown, createBreakdown } from './table.ts';
import { texts } from './texts.ts';

export interface BreakdownsEvents {
  onDidSort(table: string, sort: TableSort): void;
  onDidRun(command: PageCommand, model?: string): void;
}

export interface Breakdowns {
  readonly element: HTMLElement;
  update(content: ReportContent): void;
}

interface Kind {
  readonly id: 'byModel' | 'byTaskType' | 'bySession' | 'byUser';
  readonly key: GroupKey;
  readonly title: string;
  readonly nameText: string;
}

const kinds: readonly Kind[] = [
  { id: 'byModel', key: 'model', title: texts.byModel, nameText: texts.model },
  { id: 'byTaskType', key: 'task_type', title: texts.byTaskType, nameText: texts.taskType },
  { id: 'bySession', key: 'session_id', title: texts.bySession, nameText: texts.session },
  { id: 'byUser', key: 'user_id', title: texts.byUser, nameText: texts.user },
];

export function createBreakdowns(sorts: NonNullable<ReportState['sorts']>, events: BreakdownsEvents): Breakdowns {
  const tables = kinds.map(({ id, key, title, nameText }): readonly [Kind['id'], Breakdown] => [
    id,
    createBreakdown({
      id,
      title,
      nameText,
      nameOf: (group: Group) => group.key[key] ?? null,
      sort: sorts[id] ?? defaultSort,
      onDidSort: sort => events.onDidSort(id, sort),
      ...(id === 'byModel' && { onDidAskForPrice: model => events.onDidRun('setPriceOverride', model) }),
    }),
  ]);
  return {
    element: h('div', { class: 'breakdowns' }, ...tables.map(([, table]) => table.element)),
    update: content => {
      for (const [id, table] of tables) {
        table.update(content[id].groups);
      }
    },
  };
}
