/**
 * The losses of a study by name: how far an estimate is from the truth.
 *
 * - `regression`: distance of the functions; `totalVariation`: of the laws of the response, for Gaussian experts;
 * - a Voronoi loss by its name, as `D1`, with its exponent where it has one, `D2:1`. Minimised over the gauge at the true
 *   total mass; over its shifts alone with `shifts`, as in `D4:shifts`; as the numbers are with `fixed`.
 */
import { MoeError } from '@tfjs-moe/core';
import { type Inputs, simulate } from '@tfjs-moe/datasets';
import {
  canonical,
  type LossName,
  lossesWithPower,
  lossNames,
  type MixingMeasure,
  type VoronoiOptions,
  voronoiLoss,
} from '@tfjs-moe/measures';
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
      // Evaluated as the truth is: an estimate that is the truth has no distance to it.
      const { values } = points({ truth: estimate, inputs: { kind: 'rows', rows } }, rows.length);
      const squares = values.map((value, i) => (value - truth[i]!) ** 2);
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rows.length);
    };
  },
  /** Total variation of the laws of the response, averaged over 200 inputs. */
  totalVariation(context) {
    const { rows } = points(context, LAWS);
    return (estimate) => distance(context.truth, estimate, rows);
  },
};

export function expectLoss(who: string, written: string): void {
  if (Object.hasOwn(losses, written) || voronoiOf(written) !== undefined) return;
  const known = [...Object.keys(losses), ...lossNames.map((name) => (takesPower(name) ? `${name}:R` : name))];
  throw new MoeError(who, `a loss must be one of ${known.join(', ')}`, written);
}

export function lossOf(written: string, context: LossContext): Loss {
  expectLoss('moe study', written);
  const voronoi = voronoiOf(written);
  if (voronoi === undefined) return losses[written]!(context);
  // Estimates are canonical: experts that two signs describe have the same sign in the truth.
  const truth = voronoi.gauge === 'fixed' ? context.truth : canonical(context.truth);
  return (estimate) => voronoiLoss(estimate, truth, voronoi).value;
}

const gauges = ['shifts', 'fixed'] as const;

/** `D2:1:fixed` as options, nothing if it is no such loss. */
function voronoiOf(written: string): VoronoiOptions | undefined {
  const [name, ...words] = written.split(':');
  const loss = lossNames.find((known) => known === name);
  if (loss === undefined) return undefined;
  const gauge = gauges.find((known) => known === words.at(-1));
  const [power, ...stray] = gauge ? words.slice(0, -1) : words;
  const r = power === undefined ? undefined : Number(power);
  if (stray.length > 0 || takesPower(loss) !== (r !== undefined && r >= 1)) return undefined;
  return {
    loss,
    ...(r !== undefined && { r }),
    ...(gauge && { gauge }),
    ...(gauge !== 'fixed' && { masses: 'equalTotal' }),
  };
}

function takesPower(name: LossName): boolean {
  return lossesWithPower.includes(name);
}

/** Inputs that no fit has seen, and the function of a measure there. */
function points({ truth, inputs }: LossContext, most: number): { rows: number[][]; values: number[] } {
  const n = inputs.kind === 'rows' ? inputs.rows.length : most;
  const noise = { kind: 'regression', standardDeviation: 0 } as const;
  const { inputs: rows, response: values } = simulate({ measure: truth, inputs, noise, n, seed: 0 });
  return { rows, values };
}
