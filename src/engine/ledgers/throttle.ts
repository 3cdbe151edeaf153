/** Runs something at most once per interval. */
export interface Throttle {
  /** Asks for a run: soon when the last one is long ago, else when the interval is over. Many requests are one run. */
  request(): void;
  stop(): void;
}

/** A throttle whose first run follows its request at once (after the current turn of the event loop). */
export function createThrottle(run: () => void, intervalMs: number): Throttle {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  return {
    request: () => {
      if (timer !== null) {
        return;
      }
      const wait = Math.max(0, last + intervalMs - performance.now());
      timer = setTimeout(() => {
        timer = null;
        last = performance.now();
        run();
      }, wait);
      timer.unref();
    },
    stop: () => {
      if (timer !== null) {
        clearTimeout(timer);
      }
    },
  };
}
