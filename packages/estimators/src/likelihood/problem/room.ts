import { MoeError } from '@tfjs-moe/core';
import { rowsThatCount } from '../../sample.ts';
import { type Problem, smallestRows } from './problem.ts';

/** The most experts that can all have as many rows as numbers; one may always be fitted. */
export function mostExperts(problem: Problem): number {
  const byRows = Math.floor(rowsOf(problem) / smallestRows(problem));
  const { groups } = problem.data;
  return Math.max(1, groups === undefined ? byRows : Math.min(byRows, 1 + groups.at(-1)!));
}

/** Rows by weight, or by number where weights are only relative, as those of a survey with sum 1. */
function rowsOf({ data }: Problem): number {
  return Math.max(data.totalWeight, rowsThatCount(data).length);
}

/**
 * @throws MoeError where some expert would be left with fewer rows than it has numbers whatever the fit, before the time for
 * it is spent
 */
export function expectRoom(who: string, problem: Problem): void {
  const { experts } = problem.layout.shape;
  const most = mostExperts(problem);
  if (experts <= most) return;
  const needed = smallestRows(problem);
  const { groups } = problem.data;
  if (groups !== undefined && 1 + groups.at(-1)! === most)
    throw new MoeError(who, `experts must be at most ${most}, the number of groups`, experts);
  throw new MoeError(
    who,
    `experts must be at most ${most}: each of them needs ${needed} row${needed === 1 ? '' : 's'} for its numbers, and there are ${Number(rowsOf(problem).toPrecision(6))}`,
    experts,
  );
}
