import { z } from 'zod';

export const benchRowSchema = z.object({
  name: z.string(),
  /** The goal, in words; empty if the figure is only shown. */
  goal: z.string(),
  value: z.string(),
  /** Omitted if there is no goal. */
  isMet: z.boolean().optional(),
  /** The figures of other solutions, with their names. */
  peers: z.string(),
});

/** One row of the bench: a figure, its goal, and the figures of other solutions. */
export type BenchRow = z.infer<typeof benchRowSchema>;

/** A limit for a figure. */
export type Goal = { atMost: number } | { atLeast: number } | { exactly: number };

/** Returns the median, which a few disturbed rounds do not change. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

/** Returns the ratio of each round, for two things that were measured alternately. */
export const divide = (over: readonly number[], under: readonly number[]): number[] =>
  over.map((value, round) => value / (under[round] ?? Number.NaN));

/** Renders the median and the range of the middle half of the rounds. */
export function withSpread(values: readonly number[], digits = 2): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part).toFixed(digits));
  return `${middle} (${low}–${high})`;
}

/**
 * Creates a row whose figure is the ratio of two things that were measured alternately.
 *
 * @param show Renders one of the two, with its unit.
 */
export function ratioRow(
  name: string,
  goal: Goal,
  over: readonly number[],
  under: readonly number[],
  { show, peers = '', digits = 2 }: { show: (figure: number) => string; peers?: string; digits?: number },
): BenchRow {
  const ratios = divide(over, under);
  return {
    name,
    goal: textOf(goal, digits),
    // The goal applies to the rounded figure that is printed.
    isMet: isMet(goal, Number(median(ratios).toFixed(digits))),
    value: `${withSpread(ratios, digits)}; ${show(median(over))} / ${show(median(under))}`,
    peers,
  };
}

/** Creates a row whose figure is a count. */
export function countRow(name: string, goal: Goal, count: number, peers = ''): BenchRow {
  return { name, goal: textOf(goal, 0), isMet: isMet(goal, count), value: String(count), peers };
}

/** Creates a row without a goal. */
export function shownRow(name: string, value: string, peers = ''): BenchRow {
  return { name, goal: '', value, peers };
}

function isMet(goal: Goal, value: number): boolean {
  if ('atMost' in goal) return value <= goal.atMost;
  return 'atLeast' in goal ? value >= goal.atLeast : value === goal.exactly;
}

function textOf(goal: Goal, digits: number): string {
  if ('atMost' in goal) return `≤ ${goal.atMost.toFixed(digits)}`;
  return 'atLeast' in goal ? `≥ ${goal.atLeast.toFixed(digits)}` : `exactly ${goal.exactly}`;
}
