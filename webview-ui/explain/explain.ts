/** The dialog that explains a figure. It stays true while it is open: a refresh brings it up to date. */
import { createButton } from '../components.ts';
import { h, setText } from '../dom.ts';
import type { ExportTable, ReportContent } from '../messages.ts';
import { fill, texts } from '../texts.ts';
import type { PageEvents } from '../views/viewPart.ts';
import { createExplainedCalls } from './calls.ts';
import { createExplainedRecord } from './record.ts';

export interface Explain {
  readonly element: HTMLElement;
  /** Opens, updates or closes it. */
  update(content: ReportContent): void;
  /** Its tables while it is open; null otherwise. */
  export(): ExportTable[] | null;
}

export function createExplain(events: PageEvents): Explain {
  const title = h('h2', { id: 'explain-title' });
  const close = createButton(texts.close, () => element.close());
  const calls = createExplainedCalls(events);
  const record = createExplainedRecord();
  const element = h(
    'dialog',
    { class: 'explain', 'aria-labelledby': title.id },
    h('div', { class: 'heading' }, title, close.element),
    h('div', { class: 'body' }, calls.element, record.element),
  );
  // Escape closes a dialog by itself; it is then closed in the place, too.
  element.addEventListener('close', () => events.go({ explained: null }));
  element.addEventListener('click', event => {
    // What is outside of the box is the backdrop, which is of the dialog, too.
    if (event.target === element) {
      element.close();
    }
  });
  return {
    element,
    update: ({ explained, timeZone }) => {
      if (explained === null) {
        if (element.open) {
          element.close();
        }
        return;
      }
      calls.element.hidden = explained.kind !== 'calls';
      record.element.hidden = explained.kind !== 'record';
      if (explained.kind === 'calls') {
        setText(title, fill(texts.explainTitle, explained.label));
        calls.update(explained, timeZone);
      } else {
        setText(title, texts.explainCall);
        record.update(explained.record, timeZone);
      }
      if (!element.open) {
        element.showModal();
      }
    },
    export: () => (element.open ? (calls.element.hidden ? record : calls).export() : null),
  };
}
