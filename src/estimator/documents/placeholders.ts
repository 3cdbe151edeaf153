import type { DocumentNote } from './promptDocument.ts';

/** Says how many places of a template are filled only when it is sent. */
export function notePlaceholders(texts: readonly string[]): readonly DocumentNote[] {
  const count = texts.reduce((sum, text) => sum + (text.match(/\{\{[^{}\n]*\}\}/g)?.length ?? 0), 0);
  return count > 0 ? [{ kind: 'placeholders', count }] : [];
}
