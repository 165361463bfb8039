/**
 * One task of a study: draw a sample, fit the family, measure the losses.
 *
 * Random numbers come from the study's seed, the size and the replicate alone, so that arms with the same truth are
 * fitted to the same samples.
 */
import { getExpert, getGate, MoeError, stream } from '@tfjs-moe/core';
import { simulate } from '@tfjs-moe/datasets';
import {
  fitLeastSquares,
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type Sample,
} from '@tfjs-moe/estimators';
import type { MeasureShape, MixingMeasure } from '@tfjs-moe/measures';
import { type Loss, lossOf } from './losses.ts';
import { nearTruth } from './near-truth.ts';
import type { Outcome } from './results.ts';
import { atStartTemperature } from './start-temperature.ts';
import type { Arm, Study } from './study.ts';
import { loadStudy, type Source, type StudySource, sourcesOf } from './study-file.ts';
import { type Task, tasksOf, truthOf } from './task.ts';

/** Runs tasks of one study by their index. */
export async function taskRunner(source: StudySource): Promise<(index: number) => Outcome> {
  const { study } = await loadStudy(source);
  const tasks = tasksOf(study);
  const arms = new Map(study.arms.map((arm) => [arm.name, preparedArm(arm)]));
  return (index) => {
    const task = tasks[index];
    if (task === undefined) throw new MoeError('moe study', `there are ${tasks.length} tasks`, index);
    return runTask(study, arms.get(task.arm)!, task);
  };
}

interface PreparedArm {
  readonly arm: Arm;
  readonly shape: MeasureShape;
  /** For each truth what samples are drawn from, and the losses. */
  readonly truths: readonly {
    readonly source: Source;
    readonly losses: readonly (readonly [name: string, loss: Loss])[];
  }[];
}

function preparedArm(arm: Arm): PreparedArm {
  const sources = sourcesOf(arm);
  const truth = sources[0]!.measure;
  const shape = {
    gate: arm.fit.gate ? getGate(arm.fit.gate, 'moe study') : truth.gate,
    expert: arm.fit.expert ? getExpert(arm.fit.expert, 'moe study') : truth.expert,
    inputDim: truth.inputDim,
    experts: arm.fit.experts,
  };
  const truths = sources.map((source) => ({
    source,
    losses: arm.losses.map(
      (name) => [name, lossOf(name, { truth: source.measure, inputs: source.inputs })] as const,
    ),
  }));
  return { arm, shape, truths };
}

function runTask(study: Study, { arm, shape, truths }: PreparedArm, task: Task): Outcome {
  const { index, n, replicate } = task;
  const { source, losses } = truths[truthOf(replicate, truths.length)]!;
  const place = { index, arm: arm.name, n, replicate };
  const seed = Math.floor(stream(study.seed, 'sample', n, replicate).uniform() * 2 ** 52);
  const { inputs, response } = simulate({ ...source, n, seed });
  const random = stream(study.seed, 'start', n, replicate, arm.name);
  const { from = 'near', starts = 1, spread = 0.1 } = arm.fit;
  try {
    const data = { inputs, response };
    const { measure, converged, iterations } =
      from === 'draws'
        ? fittedFromDraws(arm, shape, data, random.integer(2 ** 30))
        : fitted(
            arm,
            shape,
            data,
            Array.from({ length: starts }, () => nearTruth(source.measure, shape, spread, random)),
          );
    const values = losses.map(([name, loss]) => [name, loss(measure)] as const);
    const bad = values.find(([, value]) => !Number.isFinite(value));
    if (bad !== undefined) throw new MoeError('moe study', `the loss ${bad[0]} must be finite`, bad[1]);
    return { ...place, losses: Object.fromEntries(values), converged, iterations };
  } catch (error) {
    // A sample that cannot be fitted is a result; anything else is a mistake of ours.
    if (!(error instanceof MoeError)) throw error;
    const none = Object.fromEntries(losses.map(([name]) => [name, null]));
    return { ...place, losses: none, converged: false, iterations: 0, error: error.message };
  }
}

/** Inputs at which it is seen whether two measures are the same function. */
const POINTS = 50;

interface Fitted {
  readonly measure: MixingMeasure;
  readonly converged: boolean;
  readonly iterations: number;
}

function fitted(
  { fit: { estimator, experts, bound = 50, maxIterations } }: Arm,
  { gate, expert }: MeasureShape,
  data: Sample,
  initial: readonly MixingMeasure[],
): Fitted {
  const limit = maxIterations === undefined ? {} : { maxIterations };
  if (estimator === 'leastSquares') {
    const fit = fitLeastSquares({ gate, expert, experts, data, initial, bounds: bound, ...limit });
    const start = initial[fit.best]!;
    const rows = data.inputs.slice(0, POINTS).map((row) => Array.from(row));
    return { ...fit, measure: atStartTemperature(fit.measure, start, rows) };
  }
  const fits = initial.map((measure) =>
    fitMaximumLikelihood({ gate, expert, experts, data, initial: { measure }, ...limit }),
  );
  return ofLikelihood(fits.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a)));
}

/** From starts that the estimator draws from the data: nothing of the truth is known to it but its family. */
function fittedFromDraws(
  { fit: { estimator, experts, starts, bound = 50, maxIterations } }: Arm,
  { gate, expert }: MeasureShape,
  data: Sample,
  seed: number,
): Fitted {
  const options = {
    gate,
    expert,
    experts,
    data,
    seed,
    ...(starts !== undefined && { starts }),
    ...(maxIterations !== undefined && { maxIterations }),
  };
  if (estimator === 'leastSquares') return fitLeastSquares({ ...options, bounds: bound });
  return ofLikelihood(fitMaximumLikelihood(options));
}

function ofLikelihood({ measure, converged, iterations }: MaximumLikelihoodFit): Fitted {
  return { measure, converged, iterations: iterations.em + iterations.newton };
}
