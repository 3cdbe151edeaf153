/** What stands where the figures would be: how to connect before the first call, and a way on when only the period is empty. */
import { createButton } from './components.ts';
import { h, setText } from './dom.ts';
import { formatInstant } from './format.ts';
import type { Connection, Place, ReportContent } from './messages.ts';
import { fill, texts } from './texts.ts';

export interface EmptyState {
  readonly element: HTMLElement;
  update(content: ReportContent, connection: Connection): void;
}

export function createEmptyState(
  onDidCopyConnection: () => void,
  onDidGo: (change: Partial<Place>) => void,
): EmptyState {
  const title = h('h2', { id: 'empty-title' });
  const lead = h('p');
  const widen = createButton(texts.widen, () => onDidGo({ period: { kind: 'named', name: '30d' } }), {
    appearance: 'primary',
  });
  const clear = createButton(texts.clearFilters, () => onDidGo({ filter: {} }));
  const copy = createButton(texts.copyConnection, onDidCopyConnection, { appearance: 'primary' });
  const address = h('code', { class: 'address' });
  const command = h('code');
  const connect = h(
    'div',
    { class: 'connect' },
    h(
      'ol',
      {},
      h('li', {}, h('p', {}, texts.copyStep), copy.element),
      h('li', {}, h('p', {}, texts.sendStep), h('p', { class: 'endpoint' }, texts.endpoint, ' ', address)),
    ),
    h('pre', { tabindex: '0' }, command),
    h('h3', {}, texts.whatAppears),
    h('ul', {}, ...[texts.whatSpend, texts.whatChart, texts.whatTables].map(text => h('li', {}, text))),
  );
  connect.querySelector('ol li:last-child')?.append(connect.querySelector('pre') ?? '');

  return {
    element: h(
      'section',
      { class: 'empty', 'aria-labelledby': title.id },
      title,
      lead,
      h('div', { class: 'ways' }, clear.element, widen.element),
      connect,
    ),
    update: ({ lastRecord, place: { period, filter }, timeZone }, connection) => {
      const isFirstRun = lastRecord === null;
      const isFiltered = !isFirstRun && Object.keys(filter).length > 0;
      setText(title, isFirstRun ? texts.nothingYet : isFiltered ? texts.filteredAway : texts.nothingInPeriod);
      clear.element.hidden = !isFiltered;
      setText(lead, isFirstRun ? texts.nothingYetHint : '');
      if (typeof lastRecord === 'string') {
        setText(lead, fill(texts.lastRecord, formatInstant(lastRecord, timeZone)));
      }
      lead.hidden = lead.textContent === '';
      widen.element.hidden = isFirstRun || (period.kind === 'named' && period.name === '30d');
      connect.hidden = typeof lastRecord === 'string';
      const origin = parseOrigin(connection.url);
      setText(address, origin);
      setText(command, formatCurl(origin));
    },
  };
}

/** A first call to paste; the token comes from the environment lines that "Copy Connection Settings" gives. */
function formatCurl(origin: string): string {
  const body = JSON.stringify({ model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500 });
  return `curl ${origin}/v1/usage \\\n  -H "Authorization: Bearer $SPEND_LENS_TOKEN" \\\n  -d '${body}'`;
}

/** Only scheme, host and port: a path of the address could carry the token. */
function parseOrigin(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return '';
  }
}
