import type { PriceOverride, Settings } from '../../contributions.ts';
import { isGlobMatch } from './glob.ts';
import { normalizeModelName } from './modelNames.ts';

export interface MatchedOverride {
  /** As written in the settings. */
  readonly pattern: string;
  readonly prices: PriceOverride;
}

/**
 * The override for a model name as reported: an exact one before the longest glob, in which `*` stands for any run of
 * characters and nothing else is special. Case does not count. Of globs equally long the first in code order wins.
 */
export function createOverrides(settings: Settings['prices']): (model: string) => MatchedOverride | null {
  const exact = new Map<string, MatchedOverride>();
  const globs: (MatchedOverride & { readonly parts: readonly string[] })[] = [];
  for (const [pattern, prices] of Object.entries(settings)) {
    const name = normalizeModelName(pattern);
    if (name.includes('*')) {
      globs.push({ pattern, prices, parts: name.split('*') });
    } else {
      exact.set(name, { pattern, prices });
    }
  }
  globs.sort((a, b) => b.pattern.length - a.pattern.length || (a.pattern < b.pattern ? -1 : 1));
  return model => {
    const name = normalizeModelName(model);
    const match = exact.get(name) ?? globs.find(glob => isGlobMatch(glob.parts, name));
    return match ? { pattern: match.pattern, prices: match.prices } : null;
  };
}
