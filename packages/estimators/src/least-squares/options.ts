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
} from '@tfjs-moe/core';
import { canonical, type MeasureShape, type MixingMeasure, mixingMeasure } from '@tfjs-moe/measures';
import { expectEstimable } from '../model-size.ts';
import type { Bound } from '../optimise/parameter-space.ts';
import { type Columns, columnsOfSample, type Sample } from '../sample.ts';
import { sidesOf } from '../sides.ts';

/** Options of `fitLeastSquares`: gate, expert, how many experts, starts, seed and limits. */
export interface LeastSquaresOptions<GateKind extends string = string, ExpertKind extends string = string> {
  /** A gate, its config or its kind. */
  readonly gate: Identifier<Gate, GateKind>;
  /** An expert with one output, its config or its kind. */
  readonly expert: Identifier<Expert, ExpertKind>;
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

export interface CheckedOptions {
  readonly shape: MeasureShape;
  readonly columns: Columns;
  /** In canonical form. */
  readonly initial: readonly MixingMeasure[];
  readonly starts: number;
  readonly seed: number;
  readonly bounds: Bound | undefined;
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly onProgress: LeastSquaresOptions['onProgress'];
}

export const WHO = 'fitLeastSquares';
const known = [
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
  'onProgress',
];

/** The options of `fitLeastSquares`, checked. */
export function checkOptions<const GateKind extends string, const ExpertKind extends string>(
  options: LeastSquaresOptions<GateKind, ExpertKind>,
): CheckedOptions {
  expectKnownOptions(WHO, options, known);
  const { seed = 0, tolerance = 1e-8, maxIterations = 500, bounds, onProgress } = options;
  expectNumber(WHO, 'seed', seed);
  expectPositive(WHO, 'tolerance', tolerance);
  expectInteger(WHO, 'maxIterations', maxIterations, { min: 0 });
  const columns = columnsOfSample(WHO, options.data, 'data');
  for (const name of ['offset', 'trials', 'groups', 'clusters'] as const)
    if (columns[name] !== undefined)
      throw new MoeError(WHO, `${name} is part of a likelihood: take fitMaximumLikelihood`, name);
  const given = {
    gate: getGate(options.gate, `${WHO}: gate`),
    expert: getExpert(options.expert, `${WHO}: expert`),
  };
  const shape: MeasureShape = {
    ...sidesOf(WHO, given, columns),
    inputDim: columns.inputDim,
    experts: expectExperts(WHO, 'experts', options.experts),
    units: 1,
  };
  expectEstimable(WHO, shape);
  const initial = givenStarts(options.initial, shape);
  const starts = expectInteger(WHO, 'starts', options.starts ?? (initial.length > 0 ? 0 : 12), {
    min: initial.length > 0 ? 0 : 1,
  });
  return { shape, columns, initial, starts, seed, bounds, tolerance, maxIterations, onProgress };
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
