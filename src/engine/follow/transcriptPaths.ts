import { sep } from 'node:path';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import { type ImportHome, searchFolders } from '../import/homes.ts';

/** What something that changed on disk is to an agent. */
export type PathMeaning =
  | { readonly kind: 'transcript'; readonly agent: TranscriptAgent; readonly path: string }
  /** Perhaps a new folder that transcripts will be in. */
  | { readonly kind: 'inside'; readonly agent: TranscriptAgent };

/** Tells what paths are to these agents; several at once may share a folder. */
export function createPathReader(agents: readonly TranscriptAgent[], home: ImportHome) {
  const places = agents.flatMap(agent =>
    searchFolders(agent, home).map(({ root, patterns }) => ({ agent, root, files: patterns.map(toRegExp) })),
  );
  return (changed: string): PathMeaning[] => {
    // A database is written to its log first; reading it touches the third file, which therefore means nothing.
    const path = changed.replace(/\.db-wal$/, '.db');
    return places.flatMap(({ agent, root, files }): PathMeaning[] => {
      if (path === root || root.startsWith(`${path}${sep}`)) {
        return [{ kind: 'inside', agent }];
      }
      if (!path.startsWith(`${root}${sep}`)) {
        return [];
      }
      const inside = path.slice(root.length + 1).replaceAll('\\', '/');
      return files.some(file => file.test(inside))
        ? [{ kind: 'transcript', agent, path }]
        : [{ kind: 'inside', agent }];
    });
  };
}

/** A pattern of `homes.ts`: `*` is one name or a part of one, `**` any number of folders. */
function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, found => (found === '*' ? '[^/]*' : '(?:[^/]+/)*'));
  return new RegExp(`^${source}$`);
}
