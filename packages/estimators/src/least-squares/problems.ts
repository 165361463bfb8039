/**
 * The sums of squares that a fit minimises: of the whole mixture, and, for its starts, of one expert on its cell and of a
 * gate that should choose given cells.
 */
import type { MeasureShape } from '@tfjs-moe/measures';
import { expertTape, isPiecewise, mixtureTape, type Node, type Tape } from '@tfjs-moe/measures/tape';
import { type SquaresProblem, squaresProblem } from '../optimise/normal-equations.ts';
import type { FitData } from './data.ts';

/** $\sum_i v_i (f_G(x_i) - y_i)^2$ over the free numbers of a measure. */
export function mixtureProblem(
  shape: MeasureShape,
  data: FitData,
  base: Float64Array,
  free: readonly number[],
): SquaresProblem {
  const { tape, means } = mixtureTape(shape);
  return regression(tape, means[0]!, shape.inputDim, data, base, free);
}

/**
 * The same with the gate's full distribution over the experts for its weights, $\sum_i v_i (\sum_e p_e(x_i)\,
 * h(x_i, \eta_e) - y_i)^2$; nothing where the gate's weights do not jump.
 */
export function denseProblem(
  shape: MeasureShape,
  data: FitData,
  base: Float64Array,
  free: readonly number[],
): SquaresProblem | undefined {
  const { tape, means, probabilities, outputs } = mixtureTape(shape);
  if (!isPiecewise(tape, means[0]!)) return undefined;
  const mean = tape.algebra.dot(
    probabilities,
    outputs.map(([output]) => output!),
  );
  return regression(tape, mean, shape.inputDim, data, base, free);
}

/** $\sum_i v_i (h(x_i, \eta) - y_i)^2$ over the numbers of one expert. */
export function expertProblem(
  shape: MeasureShape,
  data: FitData,
  base: Float64Array,
  free: readonly number[],
): SquaresProblem {
  const { tape, outputs } = expertTape(shape);
  return regression(tape, outputs[0]!, shape.inputDim, data, base, free);
}

/** $\sum_i v_i (p_{c(i)}(x_i) - 1)^2$ over the free numbers of a gate, with p its full distribution over the experts. */
export function gateProblem(
  shape: MeasureShape,
  data: FitData,
  cells: ArrayLike<number>,
  base: Float64Array,
  free: readonly number[],
): SquaresProblem {
  const { tape, probabilities } = mixtureTape(shape);
  const members = probabilities.map((_, e) => tape.input(shape.inputDim + 2 + e));
  const chosen = tape.algebra.dot(probabilities, members);
  const indicators = probabilities.map((_, e) => Float64Array.from(cells, (cell) => (cell === e ? 1 : 0)));
  const target = { ...data, response: new Float64Array(data.n).fill(1) };
  return regression(tape, chosen, shape.inputDim, target, base, free, indicators);
}

function regression(
  tape: Tape,
  mean: Node,
  inputDim: number,
  { inputs, response, rootWeights }: FitData,
  base: Float64Array,
  free: readonly number[],
  more: readonly Float64Array[] = [],
): SquaresProblem {
  const { algebra } = tape;
  const plain = algebra.sub(mean, tape.input(inputDim));
  const residual = rootWeights === undefined ? plain : algebra.dot([plain], [tape.input(inputDim + 1)]);
  // Without weights their place is never read.
  return squaresProblem(tape, residual, [...inputs, response, rootWeights ?? response, ...more], base, free);
}
