/** Characters of a name, and of a sentence in which a path may stand before the reason. */
const longestName = 80;
const longestSentence = 400;
/** Control and format characters: line breaks that would end a table row, and marks that reorder or hide text. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * Untrusted text as Markdown that shows just that text: no markup, link, icon (`$(name)`), HTML or new table cell can come of
 * it. Shortened to 80 characters. Everything but letters, digits, spaces and hyphens becomes a character reference.
 */
export function escapeMarkdown(text: string): string {
  return escapeUpTo(text, longestName);
}

/** The same of what the engine says, shortened to 400 characters. */
export function escapeSentence(text: string): string {
  return escapeUpTo(text, longestSentence);
}

function escapeUpTo(text: string, maxLength: number): string {
  const line = text.replace(invisible, ' ').trim();
  const characters = [...line];
  const short = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
  return short.replace(/[^\p{L}\p{M}\p{N} -]/gu, character => `&#${character.codePointAt(0)};`);
}

/** A link that runs a command when the Markdown is trusted for it. `label` is ours; arguments may be anyone's. */
export function formatCommandLink(label: string, command: string, ...args: readonly unknown[]): string {
  // Parentheses would end the link's target, and encodeURIComponent leaves them.
  const query = encodeURIComponent(JSON.stringify(args)).replace(
    /[()!'*~]/g,
    character => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `[${label}](command:${command}${args.length > 0 ? `?${query}` : ''})`;
}

/** A Markdown table, first column left, the others right. Cells are Markdown already. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? ':--' : '--:'))), ...rows.map(line)].join('\n');
}
