const tests = new Map<string, number>();

/** Remembers, for this window, that a test record of an agent arrived (epoch ms). */
export function rememberTest(agent: string, atMs: number): void {
  tests.set(agent, atMs);
}

/** When the last test record of an agent arrived, epoch ms; null when none did. */
export function findTest(agent: string): number | null {
  return tests.get(agent) ?? null;
}
