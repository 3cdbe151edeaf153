/** What is to be known beside the figures, in a line each: usage that can't be stored, Restricted Mode, a virtual workspace, forwarding. */
import { createButton } from './components.ts';
import { h, setText } from './dom.ts';
import type { PageCommand, ReportLimit } from './messages.ts';
import { texts } from './texts.ts';

export interface Limits {
  readonly element: HTMLElement;
  update(limits: readonly ReportLimit[]): void;
}

interface Line {
  readonly text: string;
  readonly action?: { readonly text: string; readonly command: PageCommand };
  /** An error is told at once; the others are facts. */
  readonly role: 'alert' | 'note';
}

const lines: Readonly<Record<ReportLimit['kind'], Line>> = {
  readOnly: { text: texts.readOnly, action: { text: texts.showLog, command: 'showLog' }, role: 'alert' },
  restricted: { text: texts.restricted, action: { text: texts.manageTrust, command: 'manageTrust' }, role: 'note' },
  virtual: { text: texts.virtual, role: 'note' },
  forwarding: { text: texts.forwarding, role: 'note' },
};

export function createLimits(run: (command: PageCommand) => void): Limits {
  const drawn = Object.entries(lines).map(([kind, { text, action, role }]) => {
    const detail = h('span');
    const message = h('p', { role }, h('strong', {}, text), ' ', detail);
    const button = action && createButton(action.text, () => run(action.command)).element;
    const element = h('div', { class: 'notice', hidden: '' }, message, ...(button ? [button] : []));
    element.classList.toggle('quiet-notice', role === 'note');
    return { kind, element, detail };
  });
  return {
    element: h('div', {}, ...drawn.map(({ element }) => element)),
    update: limits => {
      for (const { kind, element, detail } of drawn) {
        const limit = limits.find(each => each.kind === kind);
        element.hidden = limit === undefined;
        setText(detail, limit && 'detail' in limit ? limit.detail : '');
      }
    },
  };
}
