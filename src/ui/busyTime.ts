/**
 * How long this extension kept the extension host's thread busy. `extension.ts` imports this file first, so that the clock
 * starts before anything else of the bundle runs.
 */
const loadingSince = performance.now();
let busyMs = 0;

export const busyTime = {
  /** The bundle is loaded: what follows is measured where it happens. */
  markLoaded(): void {
    busyMs += performance.now() - loadingSince;
  },
  /** Runs something synchronous and counts the time it took. */
  measure<T>(run: () => T): T {
    const since = performance.now();
    try {
      return run();
    } finally {
      busyMs += performance.now() - since;
    }
  },
  /** Loading, activation and starting the engine so far, ms. */
  total: (): number => busyMs,
};
