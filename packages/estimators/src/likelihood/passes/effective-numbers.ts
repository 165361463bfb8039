import { cholesky, matrix } from '@tfjs-moe/numerics';
import { FREE } from '../problem/penalty/penalty.ts';
import type { Problem } from '../problem/problem.ts';
import { type BlockSums, emPass } from './em-pass.ts';
import type { Evaluate } from './mixture-rows.ts';

/**
 * The effective number of what a penalised fit has estimated: of gate and experts
 * $\mathrm{tr}\,(I + S)^{-1} I$ with I the information of the M-step among coefficients that are not 0 and S what ridge adds to
 * it, and every dispersion for one. Of the lasso that is the number of coefficients that are not 0 (Zou, Hastie and Tibshirani,
 * 2007), of a single ridge regression the trace of its hat matrix; of a mixture it says as much for given responsibilities.
 */
export function effectiveNumbers(problem: Problem, evaluate: Evaluate, at: Float64Array): number {
  const { firstExpert, firstNoise, size } = problem.coordinates;
  const { owners } = problem.penalty!;
  const { square } = problem.penalty!.at(at);
  const { gate, experts } = emPass(problem, evaluate, at);
  const part = (blocks: readonly BlockSums[], from: number, to: number) => {
    const moving = Array.from({ length: to - from }, (_, k) => from + k).filter(
      (j) => owners[j] === FREE || at[j] !== 0,
    );
    const information = matrix(moving.length, moving.length);
    for (const { information: own } of blocks)
      moving.forEach((j, b) => {
        moving.forEach((i, a) => {
          const [row, column] = [Math.max(i, j) - from, Math.min(i, j) - from];
          const place = a + b * moving.length;
          information.data[place] = information.data[place]! + own[row + column * (to - from)]!;
        });
      });
    const factored = cholesky(information);
    if (factored === undefined) return moving.length;
    return moving.reduce((sum, j, k) => {
      if (square[j] === 0) return sum;
      const unit = new Float64Array(moving.length);
      unit[k] = square[j]!;
      return sum - factored.solve(unit)[k]!;
    }, moving.length);
  };
  return part([gate], 0, firstExpert) + part(experts, firstExpert, firstNoise) + (size - firstNoise);
}
