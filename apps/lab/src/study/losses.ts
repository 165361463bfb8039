/**
 * The losses of a study by name: how far an estimate is from the truth.
 */
import { type MixingMeasure, MoeError, measureOutput } from '@tfjs-moe/core';
import { type Inputs, simulate } from '@tfjs-moe/datasets';
import { totalVariation as distance } from './total-variation.ts';

export interface LossContext {
  readonly truth: MixingMeasure;
  /** Law of the inputs. */
  readonly inputs: Inputs;
}

/** The loss of one estimate. */
export type Loss = (estimate: MixingMeasure) => number;

/** Inputs at which regression functions are compared, and laws, which takes longer. */
const POINTS = 2000;
const LAWS = 200;

const losses: Readonly<Record<string, (context: LossContext) => Loss>> = {
  /** $\|f_{\hat G} - f_{G_*}\|_{L^2}$ over 2000 inputs that no fit has seen. */
  regression(context) {
    const { rows, values: truth } = points(context, POINTS);
    return (estimate) => {
      const squares = measureOutput(estimate, rows).map((value, i) => (value - (truth[i] as number)) ** 2);
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rows.length);
    };
  },
  /** Total variation of the laws of the response, averaged over 200 inputs. */
  totalVariation(context) {
    const { rows } = points(context, LAWS);
    return (estimate) => distance(context.truth, estimate, rows);
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

/** Inputs that no fit has seen, and the true function there. */
function points({ truth, inputs }: LossContext, most: number): { rows: number[][]; values: number[] } {
  const n = inputs.kind === 'rows' ? inputs.rows.length : most;
  const noise = { kind: 'regression', standardDeviation: 0 } as const;
  const { inputs: rows, response: values } = simulate({ measure: truth, inputs, noise, n, seed: 0 });
  return { rows, values };
}
