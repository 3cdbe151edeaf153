/**
 * How long this extension kept the extension host's thread busy. `extension.ts` imports this file first, so that the clock
 * starts before anything else of the bundle runs.
 */
const loadingSince = performance.now();

/**
 * `load` and `activate` are what VS Code waits for. After that, in turns of their own: `startEngine` spawns, `connect` begins the calls to
 * the engine (the first `fetch` loads Node's HTTP client), `show` draws what it says, for as long as the window is open.
 */
export type BusyPart = 'load' | 'activate' | 'startEngine' | 'connect' | 'show';
const partsMs: Record<BusyPart, number> = { load: 0, activate: 0, startEngine: 0, connect: 0, show: 0 };

export const busyTime = {
  /** The bundle is loaded: what follows is measured where it happens. */
  markLoaded(): void {
    partsMs.load = performance.now() - loadingSince;
  },
  /** Runs something synchronous and counts the time it took. */
  measure<T>(part: BusyPart, run: () => T): T {
    const since = performance.now();
    try {
      return run();
    } finally {
      partsMs[part] += performance.now() - since;
    }
  },
  /** All of it so far, ms. */
  total: (): number => Object.values(partsMs).reduce((sum, ms) => sum + ms, 0),
  /** The same by part, for logs and reports: "load 3.1, activate 4.2, startEngine 5.0 ms". */
  describe: (): string =>
    `${Object.entries(partsMs)
      .map(([part, ms]) => `${part} ${ms.toFixed(1)}`)
      .join(', ')} ms`,
};
