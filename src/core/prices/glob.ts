/** Whether a text consists of the parts of a glob in order with anything between them; linear, unlike a regular expression. */
export function isGlobMatch(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) {
    return false;
  }
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const next = text.indexOf(part, at);
    if (next < 0) {
      return false;
    }
    at = next + part.length;
  }
  return at <= text.length - last.length;
}
