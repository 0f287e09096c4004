/** One row of a bench: a figure beside its goal, and beside what others reach. */
export interface BenchRow {
  name: string;
  /** What it must be, in words; empty where the figure is only shown. */
  goal: string;
  value: string;
  peers: string;
}

/** The one in the middle, which a few disturbed rounds do not move. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
