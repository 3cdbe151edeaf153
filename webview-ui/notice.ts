/** A line across the page that says what is wrong and offers the one thing to do about it. */
import { createButton } from './components.ts';
import { h, setText } from './dom.ts';

export interface Notice {
  readonly element: HTMLElement;
  show(title: string, detail?: string): void;
  /** Hides it; gives whether it held the focus, which then needs a new place. */
  hide(): boolean;
}

export function createNotice(action: string, run: () => void): Notice {
  const title = h('strong');
  const detail = h('span');
  const message = h('p', { role: 'alert' }, title, ' ', detail);
  const element = h('div', { class: 'notice', hidden: '' }, message, createButton(action, run).element);
  return {
    element,
    show: (text, more = '') => {
      element.hidden = false;
      setText(title, text);
      setText(detail, more);
    },
    hide: () => {
      const hadFocus = element.contains(document.activeElement);
      element.hidden = true;
      setText(title, '');
      setText(detail, '');
      return hadFocus;
    },
  };
}
