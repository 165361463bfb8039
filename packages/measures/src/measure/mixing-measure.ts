import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  arrayParam,
  type Expert,
  expectExperts,
  expectSize,
  type Gate,
  MoeError,
  mapNames,
  type Numbers,
  type ParamSpecs,
  paramSize,
  replicate,
} from '@tfjs-moe/core';
import type { Family } from '../family/family.ts';
import { innovationsOf, triangleSize } from '../vectors/innovations.ts';

/** What a mixing measure is made of, without its numbers. */
export interface MeasureShape {
  readonly gate: Gate;
  readonly expert: Expert;
  /** Features of an input. */
  readonly inputDim: number;
  /** Outputs of an expert. Default 1. */
  readonly units?: number;
  /** Number of experts, which is the number of atoms. */
  readonly experts: number;
}

/**
 * A mixing measure: a gate, an expert, and the numbers of every atom, as plain data. Data are simulated from one,
 * estimators return one, Voronoi losses compare two, theory examines one, and a trained layer converts to and from
 * one.
 */
export interface MixingMeasure extends MeasureShape {
  readonly gateParams: Numbers;
  readonly expertParams: Numbers;
  /**
   * Of experts whose law has a number beside its outputs, one for all or one per expert: the standard deviation of Gaussian
   * experts, the shape of a gamma law, $\theta$ of a negative binomial. Of an expert that has none beside others that do, 1.
   */
  readonly dispersions?: readonly number[];
  /**
   * Of experts with several Gaussian responses, one for each of their outputs: the covariance of these, one for all or one per
   * expert, as its lower triangle row by row. Beside it stand no dispersions, and `family` is the Gaussian.
   */
  readonly covariances?: readonly (readonly number[])[];
  /** The law of the response given an expert's outputs. Default: Gaussian, or of several units classes. */
  readonly family?: Family;
}

/** The specifications that a measure's numbers must fit. */
export function measureSpecs(shape: MeasureShape): MeasureSpecs {
  return specsFor('measureSpecs', 'shape', shape);
}

/** Specifications by name, of both parts. */
export interface MeasureSpecs {
  readonly gate: ParamSpecs;
  readonly expert: ParamSpecs;
}

/** The specifications of what somebody was given as an argument. */
export function specsFor(who: string, argument: string, shape: MeasureShape): MeasureSpecs {
  if (typeof shape !== 'object' || shape === null) {
    throw new MoeError(who, `${argument} must be an object with gate, expert, inputDim and experts`, shape);
  }
  const { gate, expert, inputDim, experts, units = 1 } = shape;
  if (gate?.role !== 'gate') throw new MoeError(who, 'gate must be a gate', gate);
  if (expert?.role !== 'expert') throw new MoeError(who, 'expert must be an expert', expert);
  expectExperts(who, 'experts', experts);
  expectSize(who, 'inputDim', inputDim);
  expectSize(who, 'units', units);
  return {
    gate: gate.params(inputDim, experts) as ParamSpecs,
    expert: replicate(expert.params(inputDim, units), experts),
  };
}

/**
 * MixingMeasure: a mixture of experts at given parameters, $G = \sum_e w_e\, \delta_{\theta_e}$: a gate, an expert and the
 * numbers of every atom.
 *
 * Datasets simulate from one, estimators return one, theory examines one, and a trained layer converts to and from one.
 * It is plain data: parameters are stored as layers store them, [copies, ...shape] in one list.
 *
 * A mixing measure, its numbers checked against what gate and expert ask for.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equation (2).
 */
export function mixingMeasure(of: MixingMeasure): MixingMeasure {
  return expectMeasure('mixingMeasure', 'measure', of);
}

/** The measure that somebody was given as an argument, checked. */
export function expectMeasure(who: string, argument: string, of: MixingMeasure): MixingMeasure {
  const specs = specsFor(who, argument, of);
  expectNumbers(who, 'gateParams', specs.gate, of.gateParams);
  expectNumbers(who, 'expertParams', specs.expert, of.expertParams);
  if (of.family !== undefined && of.family?.role !== 'family')
    throw new MoeError(who, 'family must be a family, as getFamily returns one', of.family);
  const families = of.family?.families?.length ?? of.experts;
  if (families !== of.experts)
    throw new MoeError(who, `family must be one for all, or one for each of ${of.experts} experts`, families);
  if (of.covariances !== undefined) expectCovariances(who, of);
  const deviations = of.dispersions;
  if (deviations === undefined) return of;
  const many = typeof deviations === 'object' ? deviations?.length : undefined;
  if (many !== 1 && many !== of.experts) {
    throw new MoeError(who, `dispersions must be 1 or ${of.experts} numbers`, many ?? deviations);
  }
  const bad = Array.from(deviations).findIndex((value) => !(Number.isFinite(value) && value > 0));
  if (bad >= 0) throw new MoeError(who, 'dispersions must be positive and finite', deviations[bad]);
  return of;
}

function expectCovariances(
  who: string,
  { covariances, dispersions, family, units = 1, experts }: MixingMeasure,
): void {
  if (family?.isLeastSquares !== true || dispersions !== undefined)
    throw new MoeError(
      who,
      'covariances are of a measure whose family is gaussian, and stand in place of dispersions',
      family?.kind,
    );
  const many = Array.isArray(covariances) ? covariances.length : undefined;
  if (many !== 1 && many !== experts)
    throw new MoeError(who, `covariances must be 1 or ${experts} lists`, many ?? covariances);
  const bad = covariances!.find(
    (each) =>
      !Array.isArray(each) || each.length !== triangleSize(units) || innovationsOf(each) === undefined,
  );
  if (bad === undefined) return;
  const rule = `a covariance must be the lower triangle, row by row, of a positive definite matrix with ${units} rows`;
  throw new MoeError(who, rule, bad);
}

function expectNumbers(who: string, which: string, specs: ParamSpecs, numbers: Numbers): void {
  for (const [name, spec] of Object.entries(specs)) {
    const size = spec.copies * paramSize(spec);
    const given = numbers?.[name];
    if (typeof given !== 'object' || given?.length !== size) {
      throw new MoeError(who, `${which} must have ${size} numbers under "${name}"`, given?.length);
    }
    const bad = Array.from(given).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new MoeError(who, `${which}["${name}"] must be finite`, given[bad]);
  }
}

/** Weights and outputs of every expert at some inputs, in float64. */
export interface MeasureParts {
  /** $w_e(x)$, [rows, experts] in row-major order. */
  readonly weights: Float64Array;
  /** $h(x, \eta_e)$, [rows, experts, units] in row-major order. */
  readonly outputs: Float64Array;
}

/**
 * The gate's weights and the experts' outputs at some inputs, each definition evaluated on plain arrays as it is written. Who
 * draws from a measure sums them himself, so that a seed gives the same numbers whatever the passes of `predict` do.
 */
export function measureParts(of: MixingMeasure, rows: readonly (readonly number[])[]): MeasureParts {
  const who = 'measureParts';
  expectMeasure(who, 'measure', of);
  if (!Array.isArray(rows)) throw new MoeError(who, 'rows must be a list of rows of numbers', rows);
  const specs = measureSpecs(of);
  const { experts, units = 1 } = of;
  if (rows.length === 0) return { weights: new Float64Array(0), outputs: new Float64Array(0) };
  const ops = arrayGateOps();
  const x = arrayInput(rows);
  const values = (named: ParamSpecs, numbers: Numbers): Record<string, ArrayValue> =>
    mapNames(named, (spec, name) => arrayParam(spec, spec.copies, numbers[name]!));
  const { weights } = of.gate.route(ops, x, values(specs.gate, of.gateParams), { experts, training: false });
  const outputs = of.expert.apply(ops, x, values(specs.expert, of.expertParams));
  return {
    weights: spread(weights, rows.length, experts, 1),
    outputs: spread(outputs, rows.length, experts, units),
  };
}

/** Every entry of a value whose axes may have length 1. */
function spread(value: ArrayValue, tokens: number, experts: number, features: number): Float64Array {
  const full = new Float64Array(tokens * experts * features);
  const stride = (length: number) => (length === 1 ? 0 : 1);
  let next = 0;
  for (let t = 0; t < tokens; t++) {
    for (let e = 0; e < experts; e++) {
      const row = (stride(value.tokens) * t * value.experts + stride(value.experts) * e) * value.features;
      for (let f = 0; f < features; f++) full[next++] = value.data[row + stride(value.features) * f]!;
    }
  }
  return full;
}
