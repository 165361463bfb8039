/**
 * How fast the chosen mixture is learned: samples of a known one, more and more rows, a fit by least squares of each, and how
 * far it is from the truth. Every fit has a seed of its own, so that it does not matter who makes it, or in which order.
 */
import type { Expert, Gate } from '@tfjs-moe/core';
import { paramSize, type Stream, stream } from '@tfjs-moe/core';
import { fitLeastSquares } from '@tfjs-moe/estimators';
import * as experts from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import { canonical, drawnMeasure, type MixingMeasure, predict, voronoiLoss } from '@tfjs-moe/measures';
import { expertPlan, gatePlan, run } from './plan.ts';
import type { RateTask } from './rate-tasks.ts';
import { hasK, inputsOf, type Settings } from './settings.ts';

export interface RateResult extends RateTask {
  /** Distance of the functions, over inputs that no fit has seen. */
  readonly distance: number;
  /** Voronoi loss of the parameters, where there is one for the gate. */
  readonly parameters?: number;
}

/** Little: how many rows it takes to see parameters grows with the variance, and a browser has no time for many. */
const NOISE = 0.01;
const SEEN_BY_NOBODY = 500;

/** The settings with few experts: what they teach about the rate is the same, and a fit takes less than a second. */
export function ofExperiment(settings: Settings): Settings {
  const { gate, k } = settings;
  const count = gate === 'hierarchical' ? 4 : hasK(settings) ? 3 : 2;
  return { ...settings, experts: count, k: Math.min(k, 2), width: 1, balance: 'none' };
}

/** The mixture that is to be found: drawn by the seed of the settings. */
export function truthOf(settings: Settings): MixingMeasure {
  const small = ofExperiment(settings);
  const random = stream(settings.seed, 'playground/rate/truth');
  const shape = {
    gate: run(gatePlan(small), gates) as Gate,
    expert: run(expertPlan(small), experts) as Expert,
    inputDim: inputsOf(settings),
    experts: small.experts,
  };
  // Scores far apart, and experts that differ: no size is too small to see them.
  return canonical(
    drawnMeasure(shape, (spec, part, name) =>
      Array.from({ length: paramSize(spec) * spec.copies }, () =>
        name.endsWith('bias') && part === 'gate' ? 0.3 * random.normal() : away(random),
      ),
    ),
  );
}

export function rateResult(settings: Settings, task: RateTask): RateResult {
  const { n, replicate, surplus } = task;
  const truth = truthOf(settings);
  const random = stream(settings.seed, 'playground/rate', n, replicate);
  const inputs = placesIn(random, n, truth.inputDim);
  const response = predict(truth, inputs).map((value) => value + NOISE * random.normal());
  const { gate, expert } = truth;
  const more = settings.gate === 'hierarchical' ? 2 : 1;
  const fit = fitLeastSquares({
    ...{ gate, expert, data: { inputs, response }, seed: replicate },
    ...(surplus
      ? { experts: truth.experts + more, starts: 3, maxIterations: 60, bounds: 30 }
      : { experts: truth.experts, initial: truth, maxIterations: 100 }),
  });
  const unseen = placesIn(stream(settings.seed, 'playground/rate/unseen'), SEEN_BY_NOBODY, truth.inputDim);
  const [said, right] = [predict(fit.measure, unseen), predict(truth, unseen)];
  const squares = said.reduce((sum, value, i) => sum + (value - right[i]!) ** 2, 0);
  const parameters = parameterLoss(fit.measure, truth);
  return {
    ...task,
    distance: Math.sqrt(squares / unseen.length),
    ...(parameters !== undefined && { parameters }),
  };
}

function parameterLoss(measure: MixingMeasure, truth: MixingMeasure): number | undefined {
  try {
    const { value } = voronoiLoss(measure, truth, { masses: 'equalTotal' });
    return Number.isFinite(value) ? value : undefined;
  } catch {
    // No paper has a loss for this gate.
    return undefined;
  }
}

function placesIn(random: Stream, count: number, inputDim: number): number[][] {
  return Array.from({ length: count }, () =>
    Array.from({ length: inputDim }, () => 2 * random.uniform() - 1),
  );
}

/** Not near 0, where a parameter would do nothing. */
function away(random: Stream): number {
  return (random.uniform() < 0.5 ? -1 : 1) * (1 + 1.5 * random.uniform());
}
