/**
 * The losses of a study by name: how far an estimate is from the truth.
 */
import { type MixingMeasure, MoeError, measureOutput } from '@tfjs-moe/core';
import { type Inputs, simulate } from '@tfjs-moe/datasets';

export interface LossContext {
  readonly truth: MixingMeasure;
  /** Law of the inputs. */
  readonly inputs: Inputs;
}

/** The loss of one estimate. */
export type Loss = (estimate: MixingMeasure) => number;

/** Inputs at which regression functions are compared. */
const POINTS = 2000;

const losses: Readonly<Record<string, (context: LossContext) => Loss>> = {
  /** $\|f_{\hat G} - f_{G_*}\|_{L^2}$ over 2000 inputs that no fit has seen. */
  regression({ truth, inputs }) {
    const n = inputs.kind === 'rows' ? inputs.rows.length : POINTS;
    const noise = { kind: 'regression', standardDeviation: 0 } as const;
    const points = simulate({ measure: truth, inputs, noise, n, seed: 0 });
    return (estimate) => {
      const values = measureOutput(estimate, points.inputs);
      const squares = values.map((value, i) => (value - (points.response[i] as number)) ** 2);
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / n);
    };
  },
};

export function expectLoss(who: string, name: string): void {
  if (Object.hasOwn(losses, name)) return;
  throw new MoeError(who, `a loss must be one of ${Object.keys(losses).join(', ')}`, name);
}

export function lossOf(name: string, context: LossContext): Loss {
  expectLoss('moe study', name);
  return (losses[name] as (context: LossContext) => Loss)(context);
}
