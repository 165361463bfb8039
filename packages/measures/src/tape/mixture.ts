/**
 * A mixture written on a tape: the weights and the outputs of its experts, with every number of gate and experts a
 * parameter, numbered in the order in which a measure stores them.
 */
import { mapNames, type ParamSpecs, paramSize, replicate } from '@tfjs-moe/core';
import { type Grid, gridOps } from '@tfjs-moe/numerics';
import { type MeasureShape, type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { type Node, newTape, type Tape } from './tape.ts';

/** A mixture on a tape: the places of its weights, outputs and means. */
export interface MixtureTape {
  readonly tape: Tape;
  /** $w_e(x)$. */
  readonly weights: readonly Node[];
  /** The gate's full distribution over the experts, whether or not they are selected. */
  readonly probabilities: readonly Node[];
  /** $h_u(x, \eta_e)$, [experts][units]. */
  readonly outputs: readonly (readonly Node[])[];
  /** $f_u(x) = \sum_e w_e(x)\, h_u(x, \eta_e)$. */
  readonly means: readonly Node[];
}

/** The inputs of the tape are the D features; more may be added from index D on. */
export function mixtureTape(shape: MeasureShape): MixtureTape {
  const { gate, expert, inputDim, experts, units = 1 } = shape;
  const specs = measureSpecs(shape);
  const tape = newTape();
  const { algebra } = tape;
  const ops = gridOps(algebra);
  const x = inputGrid(tape, inputDim);
  const gateGrids = parameterGrids(tape, specs.gate, 0);
  const expertGrids = parameterGrids(tape, specs.expert, countOf(specs.gate));
  const routing = gate.route(ops, x, gateGrids, { experts, training: false });
  const outputs = expert.apply(ops, x, expertGrids);
  const perExpert = (grid: Grid<Node>) => Array.from({ length: experts }, (_, e) => entry(grid, e, 0));
  const weights = perExpert(routing.weights);
  const table = weights.map((_, e) => Array.from({ length: units }, (_, u) => entry(outputs, e, u)));
  return {
    tape,
    weights,
    probabilities: perExpert(routing.probabilities),
    outputs: table,
    means: Array.from({ length: units }, (_, u) =>
      algebra.dot(
        weights,
        table.map((row) => row[u]!),
      ),
    ),
  };
}

/** One expert on its own, $h(x, \eta)$, with its numbers as parameters. */
export function expertTape({ expert, inputDim, units = 1 }: MeasureShape): {
  readonly tape: Tape;
  readonly outputs: readonly Node[];
} {
  const tape = newTape();
  const specs = replicate(expert.params(inputDim, units), 1);
  const output = expert.apply(
    gridOps(tape.algebra),
    inputGrid(tape, inputDim),
    parameterGrids(tape, specs, 0),
  );
  return { tape, outputs: Array.from({ length: units }, (_, u) => entry(output, 0, u)) };
}

/** The numbers of a measure in the order of the tape's parameters: the gate's, then the experts'. */
export function numbersOf({ gateParams, expertParams, ...shape }: MixingMeasure): Float64Array {
  const specs = measureSpecs(shape);
  return Float64Array.from([
    ...Object.keys(specs.gate).flatMap((name) => gateParams[name]!),
    ...Object.keys(specs.expert).flatMap((name) => expertParams[name]!),
  ]);
}

/** The inverse of `numbersOf`. */
export function measureOf(shape: MeasureShape, numbers: ArrayLike<number>): MixingMeasure {
  const specs = measureSpecs(shape);
  let next = 0;
  const take = (named: ParamSpecs) =>
    mapNames(named, (spec) => Array.from({ length: spec.copies * paramSize(spec) }, () => numbers[next++]!));
  const gateParams = take(specs.gate);
  return { ...shape, gateParams, expertParams: take(specs.expert) };
}

/** How many numbers some parameters have. */
export function countOf(specs: ParamSpecs): number {
  return Object.values(specs).reduce((sum, spec) => sum + spec.copies * paramSize(spec), 0);
}

function inputGrid(tape: Tape, inputDim: number): Grid<Node> {
  const entries = Array.from({ length: inputDim }, (_, d) => tape.input(d));
  return { experts: 1, rows: 1, features: inputDim, entries };
}

function parameterGrids(tape: Tape, specs: ParamSpecs, first: number): Record<string, Grid<Node>> {
  let next = first;
  return mapNames(specs, (spec) => {
    const [rows, features] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
    const entries = Array.from({ length: spec.copies * paramSize(spec) }, () => tape.parameter(next++));
    return { experts: spec.copies, rows, features, entries };
  });
}

function entry({ experts, features, entries }: Grid<Node>, e: number, f: number): Node {
  return entries[(experts === 1 ? 0 : e) * features + (features === 1 ? 0 : f)]!;
}
