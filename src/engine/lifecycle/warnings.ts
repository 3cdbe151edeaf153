/** Things to tell the user, each under a key so that it can be taken back. */
export interface Warnings {
  set(key: string, text: string | null): void;
  /** The same for what the user must be told at once, not only when they look. */
  alert(key: string, text: string | null): void;
  /** All of them, alerts too. */
  list(): readonly string[];
  alerts(): readonly string[];
  /** The one under a key, or null. */
  get(key: string): string | null;
  onDidChange(listener: () => void): void;
}

export function createWarnings(): Warnings {
  const warnings = new Map<string, { readonly text: string; readonly isAlert: boolean }>();
  const listeners: (() => void)[] = [];
  const put = (key: string, text: string | null, isAlert: boolean) => {
    if ((warnings.get(key)?.text ?? null) === text) {
      return;
    }
    if (text === null) {
      warnings.delete(key);
    } else {
      warnings.set(key, { text, isAlert });
    }
    for (const listener of listeners) {
      listener();
    }
  };
  return {
    set: (key, text) => put(key, text, false),
    alert: (key, text) => put(key, text, true),
    list: () => [...warnings.values()].map(({ text }) => text),
    alerts: () => [...warnings.values()].flatMap(({ text, isAlert }) => (isAlert ? [text] : [])),
    get: key => warnings.get(key)?.text ?? null,
    onDidChange: listener => {
      listeners.push(listener);
    },
  };
}
