/** Things to tell the user, each under a key so that it can be taken back. */
export interface Warnings {
  set(key: string, text: string | null): void;
  list(): readonly string[];
  onDidChange(listener: () => void): void;
}

export function createWarnings(): Warnings {
  const texts = new Map<string, string>();
  const listeners: (() => void)[] = [];
  return {
    set: (key, text) => {
      if ((texts.get(key) ?? null) === text) {
        return;
      }
      if (text === null) {
        texts.delete(key);
      } else {
        texts.set(key, text);
      }
      for (const listener of listeners) {
        listener();
      }
    },
    list: () => [...texts.values()],
    onDidChange: listener => {
      listeners.push(listener);
    },
  };
}
