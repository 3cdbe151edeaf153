/** Tries after which a window stops restarting the engine and asks: about a minute and a half with the pauses below. */
export const maxAttempts = 8;

/** Pause before try `attempt` (from 1), ms: half a second, doubling, at most half a minute. */
export function backoffMs(attempt: number): number {
  return Math.min(500 * 2 ** (attempt - 1), 30_000);
}
