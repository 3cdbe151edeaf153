/** Elements by code. Text always becomes text nodes: names of models and sessions come from outside and are never markup. */

export type Child = Node | string;

/** An element with attributes and children; an attribute that is `undefined` is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** Sets text only when it differs, so that a refresh with the same figures touches nothing (selection, screen readers). */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Puts `children` in this order, moving only what stands elsewhere; whatever had the focus keeps it. */
export function setChildren(parent: Element, children: readonly Element[]): void {
  const focused = document.activeElement;
  const wanted = new Set<Element>(children);
  for (const child of [...parent.children]) {
    if (!wanted.has(child)) {
      child.remove();
    }
  }
  children.forEach((child, index) => {
    const current = parent.children[index];
    if (current !== child) {
      parent.insertBefore(child, current ?? null);
    }
  });
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

/** A native button that reads as a link: for actions inside a line or a table cell. */
export function createLinkButton(text: string, run: () => void, label?: string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'link', 'aria-label': label }, text);
  button.addEventListener('click', run);
  return button;
}
