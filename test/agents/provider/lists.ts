/** A list, or an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What was said last, as JSON. */
export function lastOf(messages: unknown): string {
  return JSON.stringify(listOf(messages).at(-1) ?? null);
}
