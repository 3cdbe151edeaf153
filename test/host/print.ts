/** Marks the suite's own lines among all that a window logs. */
export const suiteMark = '[suite] ';

/** Prints a line (a measurement, say) on the screen of `npm test`; a window's console goes to `test-results/host/window.log`. */
export function print(text: string): void {
  for (const line of text.split('\n')) {
    console.log(`${suiteMark}${line}`);
  }
}
