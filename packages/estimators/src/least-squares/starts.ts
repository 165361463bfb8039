import { initialValues, type ParamSpecs, paramSize, replicate, type Stream, stream } from '@tfjs-moe/core';
import { type MeasureShape, measureSpecs } from '@tfjs-moe/measures';
import { countOf } from '@tfjs-moe/measures/tape';
import { levenbergMarquardt } from '../optimise/levenberg-marquardt.ts';
import type { ParameterSpace, Scales } from '../optimise/parameter-space.ts';
import { inputOfRow } from '../units/unit-changes.ts';
import { drawnCells, rowsWith } from './cells.ts';
import { type FitData, rowsOf } from './data.ts';
import { type InputParameters, inputParametersOfExpert, inputParametersOfGate } from './input-parameters.ts';
import { denseProblem, expertProblem, gateProblem } from './problems.ts';

const EXPERT_STEPS = 12;
const GATE_STEPS = 8;
const DENSE_STEPS = 40;
const DRAWS = 2;
const NEAR_ZERO = 0.01;

/**
 * Starting points from the data: a random partition of the rows, every expert fitted to one cell from a random ridge
 * direction, and the gate fitted to choose the cells.
 *
 * A gate that selects is first fitted as if it did not, every second time. A start is a function of the seed and of its
 * number, not of the other starts.
 *
 * Start number `index`, as the numbers of a measure inside the box.
 */
export function drawnStart(
  shape: MeasureShape,
  space: ParameterSpace,
  data: FitData,
  scales: Scales,
  seed: number,
  index: number,
): Float64Array {
  const random = stream(seed, 'start', index);
  const specs = measureSpecs(shape);
  const cells = drawnCells(index, shape.experts, data, scales, random);
  const gateSize = countOf(specs.gate);
  const numbers = new Float64Array(space.labels.length);
  numbers.set(drawnNumbers(specs.gate, inputParametersOfGate(shape), scales, random));
  const experts = Array.from({ length: shape.experts }, (_, e) => {
    const rows = rowsWith(cells, e);
    // A cell with too few rows to say anything gets all of them.
    return fittedExpert(shape, rows.length > shape.inputDim ? rowsOf(data, rows) : data, scales, random);
  });
  placeExperts(numbers, gateSize, shape, experts);
  const box = { lower: space.lower, upper: space.upper };
  numbers.forEach((value, i) => {
    numbers[i] = Math.min(box.upper[i]!, Math.max(box.lower[i]!, value));
  });
  const free = space.free.filter((place) => place < gateSize);
  const chosen =
    minimised(gateProblem(shape, data, cells, numbers, free), numbers, free, space, GATE_STEPS) ?? numbers;
  // Where rows jump from one expert to another, the boundary is found better while every expert has a say.
  const dense = index % 2 === 0 ? denseProblem(shape, data, chosen, space.free) : undefined;
  return (dense && minimised(dense, chosen, space.free, space, DENSE_STEPS)) ?? chosen;
}

/** The numbers of one expert, fitted from a few random ridge directions; the best of them. */
function fittedExpert(shape: MeasureShape, data: FitData, scales: Scales, random: Stream): Float64Array {
  const single = replicate(shape.expert.params(shape.inputDim, 1), 1);
  const size = countOf(single);
  const free = Array.from({ length: size }, (_, i) => i);
  const whole = {
    lower: new Float64Array(size).fill(-Infinity),
    upper: new Float64Array(size).fill(Infinity),
  };
  const inputs = inputParametersOfExpert(shape);
  let best: Float64Array | undefined;
  let smallest = Infinity;
  for (let draw = 0; draw < DRAWS; draw++) {
    const start = Float64Array.from(drawnNumbers(single, inputs, scales, random));
    best ??= start;
    const result = levenbergMarquardt(expertProblem(shape, data, start, free), start, {
      ...whole,
      tolerance: 1e-6,
      maxIterations: EXPERT_STEPS,
      negligible: 0,
    });
    if (result !== undefined && result.equations.sumOfSquares < smallest) {
      best = result.parameters;
      smallest = result.equations.sumOfSquares;
    }
  }
  return best!;
}

/**
 * Numbers of some parameters: a kernel on the inputs gets directions of the size of the data, and the bias behind it is set
 * so that every ridge passes near their mean; a score that is linear in the inputs starts near zero, so that no expert is
 * favoured at first; all else is drawn as a layer draws it.
 */
function drawnNumbers(
  specs: ParamSpecs,
  { onInputs, layers, scores }: InputParameters,
  { inputMeans, inputScales }: Scales,
  random: Stream,
): number[] {
  const numbers: number[] = [];
  /** Of every kernel, what its ridges are at the mean of the inputs: one list per copy. */
  const ridges = new Map<string, number[][]>();
  for (const [name, spec] of Object.entries(specs)) {
    const isKernel = spec.shape.length === 2 && onInputs.includes(name);
    const kernelBefore = layers.find(({ bias }) => bias === name)?.kernel;
    const scale = spec.shape.length === 1 && scores.includes(name) ? NEAR_ZERO : undefined;
    for (let copy = 0; copy < spec.copies; copy++) {
      const behind = ridges.get(kernelBefore ?? '')?.[copy];
      if (isKernel) {
        const columns = spec.shape[1]!;
        const layer = layers.find(({ kernel }) => kernel === name);
        const inputOf = (row: number) => (layer === undefined ? row : inputOfRow(layer, row));
        const scaleOf = (i: number) => inputScales[inputOf(Math.floor(i / columns))]!;
        const kernel = Array.from({ length: paramSize(spec) }, (_, i) => random.normal() / scaleOf(i));
        numbers.push(...kernel);
        const own = Array.from({ length: columns }, (_, u) =>
          Array.from({ length: spec.shape[0] }, (_row, row) => inputMeans[inputOf(row)]!).reduce(
            (sum, mean, row) => sum + mean * kernel[row * columns + u]!,
            0,
          ),
        );
        ridges.set(name, [...(ridges.get(name) ?? []), own]);
      } else if (behind !== undefined) {
        numbers.push(...behind.map((ridge) => random.normal() - ridge));
      } else {
        const layer = layers.find(({ kernel }) => kernel === name);
        initialValues(spec, random).forEach((value, i) => {
          const input = layer === undefined ? i : inputOfRow(layer, i);
          numbers.push(scale === undefined ? value : (scale * value) / inputScales[input]!);
        });
      }
    }
  }
  return numbers;
}

/** Writes the numbers of every expert to their places; what experts share comes from the first. */
function placeExperts(
  numbers: Float64Array,
  first: number,
  shape: MeasureShape,
  experts: readonly Float64Array[],
): void {
  let next = first;
  let offset = 0;
  for (const spec of Object.values(measureSpecs(shape).expert)) {
    const size = paramSize(spec);
    for (let copy = 0; copy < spec.copies; copy++) {
      const own = experts[copy]!;
      for (let i = 0; i < size; i++) numbers[next++] = own[offset + i]!;
    }
    offset += size;
  }
}

/** All numbers after a few steps on the free ones. */
function minimised(
  problem: ReturnType<typeof gateProblem>,
  numbers: Float64Array,
  free: readonly number[],
  { lower, upper }: ParameterSpace,
  maxIterations: number,
): Float64Array | undefined {
  const pick = (from: Float64Array) => Float64Array.from(free, (place) => from[place]!);
  const result = levenbergMarquardt(problem, pick(numbers), {
    lower: pick(lower),
    upper: pick(upper),
    tolerance: 1e-3,
    maxIterations,
    negligible: 0,
  });
  if (result === undefined) return undefined;
  const moved = numbers.slice();
  free.forEach((place, j) => {
    moved[place] = result.parameters[j]!;
  });
  return moved;
}
