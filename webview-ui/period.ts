/** The picker of the period: named ones at once, a custom one when both of its days make sense. */
import { createButton, createChoice } from './components.ts';
import { addDays, countDays, isDay } from './days.ts';
import { h, setText } from './dom.ts';
import type { ReportPeriod } from './messages.ts';
import { type NamedPeriod, namedPeriods } from './state.ts';
import { texts } from './texts.ts';

const periodTexts: Readonly<Record<NamedPeriod, string>> = {
  today: texts.today,
  week: texts.thisWeek,
  '7d': texts.sevenDays,
  '30d': texts.thirtyDays,
  month: texts.thisMonth,
};

const maxDays = 3 * 366;

/** The period's name for people. */
export function formatPeriod(period: ReportPeriod): string {
  return period.kind === 'named' ? periodTexts[period.name] : texts.custom;
}

/** What is wrong with two days (the last one inclusive), or null. */
export function findDatesProblem(from: string, lastDay: string): string | null {
  if (!isDay(from) || !isDay(lastDay)) {
    return texts.datesMissing;
  }
  if (from > lastDay) {
    return texts.datesReversed;
  }
  return countDays(from, lastDay) >= maxDays ? texts.datesTooFar : null;
}

export interface PeriodPicker {
  readonly element: HTMLElement;
  /** Shows a period without telling the listener. */
  select(period: ReportPeriod): void;
  /** Days to start a custom range from: those on screen, `lastDay` inclusive. */
  suggest(from: string, lastDay: string): void;
  focus(): void;
}

export function createPeriodPicker(onDidChoose: (period: ReportPeriod) => void): PeriodPicker {
  const from = h('input', { type: 'date', required: '' });
  const lastDay = h('input', { type: 'date', required: '' });
  const problem = h('p', { id: 'dates-problem', class: 'problem', role: 'alert' });
  const submit = createButton(texts.show, () => form.requestSubmit(), { appearance: 'primary' });
  const form = h(
    'form',
    { class: 'dates', hidden: '', novalidate: '' },
    h('label', {}, texts.from, from),
    h('label', {}, texts.to, lastDay),
    submit.element,
    problem,
  );

  const showProblem = (text: string | null) => {
    setText(problem, text ?? '');
    for (const input of [from, lastDay]) {
      input.toggleAttribute('aria-invalid', false);
      if (text !== null) {
        input.setAttribute('aria-invalid', 'true');
        input.setAttribute('aria-describedby', problem.id);
      } else {
        input.removeAttribute('aria-describedby');
      }
    }
  };
  form.addEventListener('input', () => showProblem(null));
  form.addEventListener('keydown', event => {
    // The toolkit's button is no submit button of the form, so Enter in a date would do nothing.
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    const found = findDatesProblem(from.value, lastDay.value);
    showProblem(found);
    if (found === null) {
      onDidChoose({ kind: 'custom', from: from.value, to: addDays(lastDay.value, 1) });
    }
  });

  const choices = [...namedPeriods.map(name => [name, periodTexts[name]] as const), ['custom', texts.custom] as const];
  const dropdown = createChoice<NamedPeriod | 'custom'>(texts.period, choices, chosen => {
    form.hidden = chosen !== 'custom';
    showProblem(null);
    if (chosen !== 'custom') {
      onDidChoose({ kind: 'named', name: chosen });
    }
  });

  return {
    element: h('div', { class: 'period' }, dropdown.element, form),
    select: period => {
      dropdown.select(period.kind === 'custom' ? 'custom' : period.name);
      form.hidden = period.kind !== 'custom';
      showProblem(null);
      if (period.kind === 'custom') {
        [from.value, lastDay.value] = [period.from, addDays(period.to, -1)];
      }
    },
    suggest: (first, last) => {
      if (form.hidden) {
        [from.value, lastDay.value] = [first, last];
      }
    },
    focus: dropdown.focus,
  };
}
