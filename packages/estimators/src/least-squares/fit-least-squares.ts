import {
  type Expert,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectNumber,
  expectPositive,
  type Gate,
  getExpert,
  getGate,
  type Identifier,
  MoeError,
  stream,
} from '@tfjs-moe/core';
import { canonical, type MeasureShape, type MixingMeasure, mixingMeasure } from '@tfjs-moe/measures';
import { isPiecewise, measureOf, mixtureTape, numbersOf } from '@tfjs-moe/measures/tape';
import { expectEstimable } from '../model-size.ts';
import { levenbergMarquardt, type MarquardtResult } from '../optimise/levenberg-marquardt.ts';
import { type Bound, intoBox, type ParameterSpace, parameterSpace } from '../optimise/parameter-space.ts';
import { type Columns, columnsOfSample, type Sample } from '../sample.ts';
import { inUnits, isFarFromStandard, type StandardUnits, standardUnits } from '../units/standard-units.ts';
import { type FitData, fitData, scalesOf, subsample } from './data.ts';
import { effectiveExperts } from './effective-experts.ts';
import type { LeastSquaresFit, StartReport } from './fit.ts';
import { expertsOnly, hopped } from './hops.ts';
import { predictions } from './predictions.ts';
import { mixtureProblem } from './problems.ts';
import { drawnStart } from './starts.ts';

/** Options of `fitLeastSquares`: gate, expert, how many experts, starts, seed and limits. */
export interface LeastSquaresOptions {
  /** A gate, its config or its kind. */
  readonly gate: Identifier<Gate>;
  /** An expert with one output, its config or its kind. */
  readonly expert: Identifier<Expert>;
  /** The number k of experts. */
  readonly experts: number;
  readonly data: Sample;
  /** Number of starts drawn from the data. Default 12; with `initial` 0. */
  readonly starts?: number;
  /** Where the drawn starts come from: the same seed gives the same fit. Default 0. */
  readonly seed?: number;
  /** Measures to start from besides the drawn starts: one, or a list. */
  readonly initial?: MixingMeasure | readonly MixingMeasure[];
  /**
   * The box: the largest size of a parameter, for all or as `{ gate, expert }`. What a parameter's own constraint says
   * comes first. Default: from the scale of the data, so wide that only a fit that runs away meets it.
   */
  readonly bounds?: Bound;
  /** Largest cosine between residuals and a column of the Jacobian at convergence. Default 1e-8. */
  readonly tolerance?: number;
  /** Steps of a start in its last stage. Default 500. */
  readonly maxIterations?: number;
  /** Told about every step. */
  readonly onProgress?: (progress: LeastSquaresProgress) => void;
}

/** What `fitLeastSquares` tells while it runs: which start, and how far it is. */
export interface LeastSquaresProgress {
  /** All starts; the best of them, where experts are selected also from nearby gates; the best one. */
  readonly stage: 'screening' | 'refining' | 'hopping' | 'finishing';
  readonly start: number;
  readonly iteration: number;
  readonly residualSumOfSquares: number;
}

const WHO = 'fitLeastSquares';
const known = [
  ...[
    'gate',
    'expert',
    'experts',
    'data',
    'starts',
    'seed',
    'initial',
    'bounds',
    'tolerance',
    'maxIterations',
  ],
  'onProgress',
];

const SCREENING_STEPS = 30;
const REFINING_STEPS = 150;
const HOPS = 40;
const SETTLING_STEPS = 6;
const HOP_STEPS = 12;

/**
 * Least squares over mixtures of at most k experts, $\hat G_n \in \arg\min_{G \in \mathcal G_k(\Theta)} \sum_i v_i
 * \bigl(y_i - f_G(x_i)\bigr)^2$, for every gate and expert that has a definition over Ops.
 *
 * Levenberg-Marquardt with exact derivatives from several starts. A large sample is fitted in stages: all starts on a
 * subsample for a few steps, the best of them on the subsample until little is left to gain, and the best one on all rows.
 * Where a gate selects experts, the sum of squares jumps, and between the second stage and the last the search hops.
 * For a mixture of densities, where each expert has noise of its own, take maximum likelihood.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equations (3), (13) and (21).
 *
 * @throws MoeError on bad options or data, and where the function is finite at no start
 */
export function fitLeastSquares(options: LeastSquaresOptions): LeastSquaresFit {
  expectKnownOptions(WHO, options, known);
  const { seed = 0, tolerance = 1e-8, maxIterations = 500, onProgress } = options;
  expectNumber(WHO, 'seed', seed);
  expectPositive(WHO, 'tolerance', tolerance);
  expectInteger(WHO, 'maxIterations', maxIterations, { min: 0 });
  const given = columnsOfSample(WHO, options.data);
  const shape: MeasureShape = {
    gate: getGate(options.gate, WHO),
    expert: getExpert(options.expert, WHO),
    inputDim: given.inputDim,
    experts: expectExperts(WHO, 'experts', options.experts),
    units: 1,
  };
  expectEstimable(WHO, shape);
  // Bounds are on the numbers as they are.
  const units =
    options.bounds === undefined && isFarFromStandard(given)
      ? standardUnits(shape, given, { isNumber: true, shared: true, asLayer: true })
      : undefined;
  const columns = units === undefined ? given : inStandardUnits(given, units);
  const square = (units?.response.scale ?? 1) ** 2;
  const initial = givenStarts(options.initial, shape).map((measure) => units?.fromData(measure) ?? measure);
  const drawn = expectInteger(WHO, 'starts', options.starts ?? (initial.length > 0 ? 0 : 12), {
    min: initial.length > 0 ? 0 : 1,
  });

  const data = fitData(columns);
  // Residuals that are rounding errors of the response.
  const negligible =
    (1e-29 / square) * given.response.reduce((sum, y, i) => sum + given.weights[i]! * y * y, 0);
  const scales = scalesOf(data);
  const space = parameterSpace(WHO, shape, scales, options.bounds);
  const sample = subsample(data, Math.max(4000, 40 * space.free.length), seed);
  const inside = (numbers: Float64Array) => intoBox(numbersOf(canonical(measureOf(shape, numbers))), space);
  const { tape, means } = mixtureTape(shape);
  const starts = [
    ...initial.map((measure) => intoBox(numbersOf(canonical(measure)), space)),
    ...Array.from({ length: drawn }, (_, index) =>
      inside(drawnStart(shape, space, sample, scales, seed, index)),
    ),
  ];

  const runs: Run[] = starts.map((numbers, start) => ({ start, numbers, iterations: 0, rows: 0 }));
  const advance = (run: Run, stage: Stage, on: FitData, steps: number, within = space): Run =>
    advanced(run, shape, within, on, {
      tolerance,
      maxIterations: steps,
      negligible: on === data ? negligible : (negligible * on.n) / data.n,
      onIteration: (iteration, residualSumOfSquares) =>
        onProgress?.({
          stage,
          start: run.start,
          iteration,
          residualSumOfSquares: square * residualSumOfSquares,
        }),
    });
  const replaceBest = (count: number, next: (run: Run) => Run) => {
    for (const run of ranked(runs).slice(0, count)) runs[run.start] = next(run);
  };
  // A single start has nobody to compete with.
  if (runs.length > 1) {
    runs.forEach((run, i) => {
      runs[i] = advance(run, 'screening', sample, SCREENING_STEPS);
    });
    const refined = Math.max(2, Math.ceil(runs.length / 3));
    replaceBest(refined, (run) => advance(run, 'refining', sample, REFINING_STEPS));
    if (isPiecewise(tape, means[0]!)) {
      // The experts first: with the old ones the gate would go back at once.
      const held = expertsOnly(shape, space);
      replaceBest(refined, (run) => {
        let best = run;
        for (let hop = 0; hop < HOPS; hop++) {
          const numbers = hopped(best.numbers, shape, space, stream(seed, 'hop', run.start, hop));
          const settled = advance({ ...best, numbers }, 'hopping', sample, SETTLING_STEPS, held);
          const next = advance(settled, 'hopping', sample, HOP_STEPS);
          if (sumOf(next) < sumOf(best)) best = next;
        }
        return best;
      });
    }
  }
  // On few rows the runners-up are finished too: the order may still change.
  const finished = data === sample ? Math.min(3, runs.length) : 1;
  const best = ranked(
    ranked(runs)
      .slice(0, finished)
      .map((run) => {
        const done = advance(run, 'finishing', data, maxIterations);
        runs[run.start] = done;
        return done;
      }),
  )[0];
  if (best?.result === undefined) {
    throw new MoeError(WHO, 'the function must be finite at a start at least; give initial, or other data');
  }
  return report(best, best.result, runs, { shape, space, columns: given, units, square });
}

type Stage = LeastSquaresProgress['stage'];

/** A start on its way. */
interface Run {
  readonly start: number;
  readonly numbers: Float64Array;
  readonly iterations: number;
  readonly rows: number;
  readonly result?: MarquardtResult;
}

interface StageOptions {
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly negligible: number;
  readonly onIteration: (iteration: number, sumOfSquares: number) => void;
}

function advanced(
  run: Run,
  shape: MeasureShape,
  space: ParameterSpace,
  data: FitData,
  options: StageOptions,
): Run {
  const pick = (from: Float64Array) => Float64Array.from(space.free, (place) => from[place]!);
  const problem = mixtureProblem(shape, data, run.numbers, space.free);
  const result = levenbergMarquardt(problem, pick(run.numbers), {
    ...options,
    lower: pick(space.lower),
    upper: pick(space.upper),
    settled: settled(data.n),
  });
  if (result === undefined)
    return { start: run.start, numbers: run.numbers, iterations: run.iterations, rows: data.n };
  const numbers = run.numbers.slice();
  space.free.forEach((place, j) => {
    numbers[place] = result.parameters[j]!;
  });
  return {
    start: run.start,
    numbers,
    iterations: run.iterations + result.iterations,
    rows: data.n,
    result,
  };
}

/**
 * On many rows, where a step is expensive, ten steps need not gain more than a hundredth of the noise of one observation:
 * the estimate is far better known then than the truth.
 */
function settled(n: number): number {
  return n > 10_000 ? Math.min(1e-7, 0.01 / n) : 1e-9;
}

/** The runs from the best to the worst; those that failed last; equal ones by number. */
function ranked(runs: readonly Run[]): Run[] {
  return [...runs].sort((a, b) => b.rows - a.rows || sumOf(a) - sumOf(b) || a.start - b.start);
}

function sumOf({ result }: Run, otherwise: number = Number.MAX_VALUE): number {
  return result?.equations.sumOfSquares ?? otherwise;
}

function givenStarts(initial: LeastSquaresOptions['initial'], shape: MeasureShape): MixingMeasure[] {
  const list = initial === undefined ? [] : Array.isArray(initial) ? initial : [initial];
  return list.map((measure: MixingMeasure) => {
    mixingMeasure(measure);
    if (
      JSON.stringify([measure.gate.config, measure.expert.config]) !==
        JSON.stringify([shape.gate.config, shape.expert.config]) ||
      measure.experts !== shape.experts ||
      measure.inputDim !== shape.inputDim ||
      (measure.units ?? 1) !== 1
    ) {
      throw new MoeError(WHO, 'initial must have the gate, expert, number of experts and inputs of the fit');
    }
    return canonical(measure);
  });
}

/** What a search was made in. */
interface Setting {
  readonly shape: MeasureShape;
  readonly space: ParameterSpace;
  /** As they were given. */
  readonly columns: Columns;
  readonly units: StandardUnits | undefined;
  /** Of the response's scale. */
  readonly square: number;
}

function inStandardUnits(columns: Columns, { gate, response: { centre, scale } }: StandardUnits): Columns {
  return {
    ...columns,
    inputs: inUnits(columns.inputs, gate),
    response: columns.response.map((y) => (y - centre) / scale),
  };
}

function report(
  best: Run,
  result: MarquardtResult,
  runs: readonly Run[],
  { shape, space, columns, units, square }: Setting,
): LeastSquaresFit {
  const found = measureOf(shape, best.numbers);
  const measure = canonical(units?.toData(found) ?? found);
  const { fitted, shares } = predictions(measure, columns.inputs, columns.weights);
  const sumOfSquares = square * result.equations.sumOfSquares;
  return {
    measure,
    residualSumOfSquares: sumOfSquares,
    sigma2: sumOfSquares / columns.totalWeight,
    converged: result.reason !== 'iterations' && result.reason !== 'stalled',
    reason: result.reason,
    iterations: best.iterations,
    gradientNorm: result.gradientNorm,
    fitted,
    history: result.history.map((value) => square * value),
    starts: runs.map(
      (run): StartReport => ({
        residualSumOfSquares: square * sumOf(run, Number.POSITIVE_INFINITY),
        rows: run.rows,
        iterations: run.iterations,
        reason: run.result?.reason,
      }),
    ),
    best: best.start,
    parameters: space.free.length,
    atBounds: space.free
      .filter((place) => [space.lower[place], space.upper[place]].includes(best.numbers[place]))
      .map((place) => space.labels[place]!),
    shares,
    effectiveExperts: effectiveExperts(measure, shares),
  };
}
