/** The views as tabs: one is chosen, arrows go from one to the next. */
import { h } from './dom.ts';
import { type ViewName, viewNames } from './messages.ts';
import { texts } from './texts.ts';

const tabTexts: Readonly<Record<ViewName, string>> = {
  overview: texts.overview,
  sessions: texts.sessions,
  budgets: texts.budgets,
  estimates: texts.estimates,
};

/** The id of the element that shows what the tabs choose. */
export const tabPanelId = 'view';

export interface Tabs {
  readonly element: HTMLElement;
  select(view: ViewName): void;
}

export function createTabs(onDidChoose: (view: ViewName) => void): Tabs {
  const tabs = viewNames.map(name => {
    const id = `tab-${name}`;
    const element = h('button', { type: 'button', role: 'tab', id, 'aria-controls': tabPanelId }, tabTexts[name]);
    element.addEventListener('click', () => onDidChoose(name));
    return { name, element };
  });
  const element = h(
    'div',
    { role: 'tablist', class: 'tabs', 'aria-label': texts.views },
    ...tabs.map(tab => tab.element),
  );
  element.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    const at = tabs.findIndex(tab => tab.element === document.activeElement);
    const next = key === 'Home' ? 0 : key === 'End' ? tabs.length - 1 : step && (at + step + tabs.length) % tabs.length;
    const tab = next === undefined ? undefined : tabs[next];
    if (tab) {
      tab.element.focus();
      onDidChoose(tab.name);
    }
  });
  return {
    element,
    select: view => {
      for (const tab of tabs) {
        const isChosen = tab.name === view;
        tab.element.setAttribute('aria-selected', String(isChosen));
        tab.element.tabIndex = isChosen ? 0 : -1;
      }
    },
  };
}
