/** Every text that the code hands to `t` or `vscode.l10n.t`, by reading the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

export const root = path.resolve(import.meta.dirname, '../../..');

/** A call of `t` and what it is given first: a string, or anything else. */
const call =
  /(?<![\w$.'"`])(?:vscode\.l10n\.)?t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[^\s'"`)][^,)\n]*)/g;

export interface FoundTexts {
  readonly texts: ReadonlySet<string>;
  /** Calls that are given no plain string, which no bundle could hold: `file: what`. */
  readonly dynamic: readonly string[];
}

export function extractTexts(): FoundTexts {
  const texts = new Set<string>();
  const dynamic: string[] = [];
  const folder = path.join(root, 'src');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && file.endsWith('.ts')) {
      const code = readFileSync(file, 'utf8').replace(/^\s*(\/\*\*?|\*|\/\/).*$/gm, '');
      for (const [, given = ''] of code.matchAll(call)) {
        if (/^['"]/.test(given) || (given.startsWith('`') && !given.includes('${'))) {
          texts.add(runInNewContext(given) as string);
        } else {
          dynamic.push(`${path.relative(root, file)}: ${given}`);
        }
      }
    }
  }
  return { texts, dynamic };
}
