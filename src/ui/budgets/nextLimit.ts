const steps = [1, 1.5, 2, 3, 5, 7.5, 10];

/** What a spent limit is raised to, USD: the next round amount that is a fifth above it and above what is spent. At most a million. */
export function findNextLimit(limitUsd: number, spentUsd: number): number {
  const least = Math.max(limitUsd, spentUsd, 0.01) * 1.2;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = steps.find(each => each * power >= least) ?? 10;
  return Math.min(1_000_000, Number((step * power).toPrecision(3)));
}
