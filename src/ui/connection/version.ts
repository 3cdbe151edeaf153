/** Whether version `a` comes before `b`, by their numbers (`1.10.0` after `1.9.0`); what follows a `-` is not compared. */
export function isOlderVersion(a: string, b: string): boolean {
  const [left, right] = [parseNumbers(a), parseNumbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) {
      return difference < 0;
    }
  }
  return false;
}

function parseNumbers(version: string): number[] {
  return (version.split(/[-+]/)[0] ?? '').split('.').map(part => Number.parseInt(part, 10) || 0);
}
