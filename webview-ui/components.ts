/**
 * Every use of @vscode/webview-ui-toolkit. The toolkit is deprecated; its successor (@vscode-elements/elements) replaces it by
 * changing this file alone, so nothing else may name a `vscode-*` element or import the package (but for widths in styles).
 *
 * Not used: its badge and tag. FAST's template of both has a `style` attribute, which the page's policy rightly blocks.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDropdown, vsCodeOption } from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption());

export interface Button {
  readonly element: HTMLElement;
  setEnabled(isEnabled: boolean): void;
}

/** A push button; `primary` is for the one thing a state asks the user to do. */
export function createButton(
  text: string,
  run: () => void,
  { appearance = 'secondary', label }: { appearance?: 'primary' | 'secondary'; label?: string } = {},
): Button {
  const element = document.createElement('vscode-button');
  element.setAttribute('appearance', appearance);
  element.classList.add(`${appearance}-button`);
  if (label !== undefined) {
    element.setAttribute('aria-label', label);
  }
  element.textContent = text;
  element.addEventListener('click', run);
  return { element, setEnabled: isEnabled => element.toggleAttribute('disabled', !isEnabled) };
}

export interface Choice<T extends string> {
  readonly element: HTMLElement;
  /** Shows a choice without telling the listener. */
  select(value: T): void;
  /** Leaves only these to choose from. */
  offer(values: readonly T[]): void;
  focus(): void;
}

/** A list to choose one of; calls back only for choices of the user. */
export function createChoice<T extends string>(
  label: string,
  options: readonly (readonly [value: T, text: string])[],
  onDidChoose: (value: T) => void,
): Choice<T> {
  const element = document.createElement('vscode-dropdown') as HTMLElement & { value: string };
  element.setAttribute('aria-label', label);
  element.title = label;
  const elements = new Map(
    options.map(([value, text]) => {
      const option = document.createElement('vscode-option') as HTMLElement & { value: string };
      option.value = value;
      option.textContent = text;
      return [value, option] as const;
    }),
  );
  element.append(...elements.values());
  element.addEventListener('change', () => {
    const chosen = options.find(([value]) => value === element.value);
    if (chosen) {
      onDidChoose(chosen[0]);
    }
  });
  return {
    element,
    select: value => {
      if (element.value !== value) {
        element.value = value;
      }
    },
    offer: values => {
      const wanted = values.flatMap(value => elements.get(value) ?? []);
      const shown = [...element.children];
      if (wanted.length !== shown.length || wanted.some((option, index) => option !== shown[index])) {
        element.replaceChildren(...wanted);
      }
    },
    focus: () => element.focus(),
  };
}
