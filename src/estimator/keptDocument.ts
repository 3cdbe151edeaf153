import { countPrompt } from './countPrompt.ts';
import type { PromptSource } from './documents/promptDocument.ts';
import type { IncrementalCount } from './incrementalCount.ts';
import type { PromptCounts, TextChange } from './protocol.ts';

/** A prompt that is being written: the worker has its text, is told what changes, and counts only that. */
export interface KeptDocument {
  readonly length: number;
  edit(changes: readonly TextChange[]): void;
  /** As `countPrompt`. */
  count(models: readonly string[], isHashed: boolean, shouldStop: () => boolean): Promise<PromptCounts | null>;
}

export function keepDocument({ text: first, ...rest }: PromptSource): KeptDocument {
  let text = first;
  const counts = new Map<string, IncrementalCount>();
  return {
    get length() {
      return text.length;
    },
    edit(changes) {
      for (const { start, length, text: added } of changes) {
        text = text.slice(0, start) + added + text.slice(start + length);
      }
    },
    count(models, isHashed, shouldStop) {
      return countPrompt({ ...rest, text }, models, {
        shouldStop,
        isHashed,
        countText: (counter, encoding, slot, part) => {
          const key = `${encoding} ${slot}`;
          const known = counts.get(key) ?? counter.createIncrementalCount();
          counts.set(key, known);
          return known.count(part, shouldStop);
        },
      });
    },
  };
}
