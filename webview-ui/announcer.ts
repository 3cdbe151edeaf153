/** The page's live region: totals are read out after a choice at once, and during live refreshes once a minute at most. */
import { h, setText } from './dom.ts';
import type { LoadReason } from './loader.ts';

export interface Announcer {
  readonly element: HTMLElement;
  announce(text: string, reason: LoadReason): void;
}

const liveEveryMs = 60_000;

export function createAnnouncer(): Announcer {
  const element = h('div', { role: 'status', class: 'visually-hidden' });
  let spokenAt = Number.NEGATIVE_INFINITY;
  return {
    element,
    announce: (text, reason) => {
      const now = performance.now();
      if (reason === 'user' || now - spokenAt >= liveEveryMs) {
        spokenAt = now;
        setText(element, text);
      }
    },
  };
}
