import { z } from 'zod';

export const benchRowSchema = z.object({
  name: z.string(),
  /** What it must be, in words; empty where the figure is only shown. */
  goal: z.string(),
  value: z.string(),
  /** Left out where there is no goal. */
  isMet: z.boolean().optional(),
  /** What else reaches, and what that is. */
  peers: z.string(),
});

/** One row of the bench: a figure beside its goal, and beside what others reach. */
export type BenchRow = z.infer<typeof benchRowSchema>;

/** A bound that a figure must keep to. */
export type Goal = { atMost: number } | { atLeast: number } | { exactly: number };

/** The one in the middle, which a few disturbed rounds do not move. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

/** The ratios of two things that were measured by turns, round by round. */
export const divide = (over: readonly number[], under: readonly number[]): number[] =>
  over.map((value, round) => value / (under[round] ?? Number.NaN));

/** The median, and between which values half of the rounds lie. */
export function withSpread(values: readonly number[], digits = 2): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part).toFixed(digits));
  return `${middle} (${low}–${high})`;
}

/**
 * A row whose figure is the ratio of two things that were measured by turns, round by round.
 *
 * @param show Writes down one of the two, with its unit.
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
    // What is printed is what is judged.
    isMet: isMet(goal, Number(median(ratios).toFixed(digits))),
    value: `${withSpread(ratios, digits)}; ${show(median(over))} / ${show(median(under))}`,
    peers,
  };
}

/** A row whose figure is counted. */
export function countRow(name: string, goal: Goal, count: number, peers = ''): BenchRow {
  return { name, goal: textOf(goal, 0), isMet: isMet(goal, count), value: String(count), peers };
}

/** A row without a goal. */
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
