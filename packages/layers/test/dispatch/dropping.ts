/**
 * The oracle of capacity dispatch: expert by expert counters and one loop over levels and tokens.
 */
import type { PlanTables } from './plans.ts';

export interface Dropped {
  /** 1 where a pair found room. */
  readonly kept: number[][];
  /** (token, expert) pairs in each expert's buffer, in the order of arrival. */
  readonly buffers: readonly number[][];
  /** Weights of what is left. */
  readonly weights: number[][];
}

export function dropNaively(
  { choices, weights, renormalizeAfterDrop }: PlanTables,
  capacity: number,
): Dropped {
  const experts = weights[0]?.length ?? 0;
  const buffers: number[][] = Array.from({ length: experts }, () => []);
  const kept = weights.map((row) => row.map(() => 0));
  for (const level of choices) {
    level.forEach((row, token) => {
      row.forEach((selected, expert) => {
        const buffer = buffers[expert]!;
        if (selected === 0 || buffer.length === capacity) return;
        buffer.push(token);
        kept[token]![expert] = 1;
      });
    });
  }
  const left = weights.map((row, t) => row.map((weight, e) => weight * kept[t]![e]!));
  return { kept, buffers, weights: renormalizeAfterDrop ? left.map(overSum) : left };
}

/** y = sum_e w_e h_e(x), with h_e(x) = (e + 1) x + e. */
export function mixNaively(x: readonly number[][], weights: readonly number[][]): number[][] {
  return x.map((row, t) =>
    row.map((value) => weights[t]!.reduce((sum, weight, e) => sum + weight * ((e + 1) * value + e), 0)),
  );
}

function overSum(row: number[]): number[] {
  const sum = row.reduce((total, weight) => total + weight, 0);
  return row.map((weight) => (sum === 0 ? 0 : weight / sum));
}
