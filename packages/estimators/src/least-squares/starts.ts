/**
 * Starting points from the data: a random partition of the rows, every expert fitted to one cell from a random ridge
 * direction, and the gate fitted to choose the cells.
 *
 * Nothing here knows the kinds of gates and experts: parameters are told apart by their shapes alone. A start is a function
 * of the seed and of its number, not of the other starts.
 */
import {
  initialValues,
  type MeasureShape,
  measureSpecs,
  paramSize,
  type Stream,
  stream,
} from '@tfjs-moe/core';
import { levenbergMarquardt } from '../optimise/levenberg-marquardt.ts';
import type { ParameterSpace, Scales } from '../optimise/parameter-space.ts';
import { countOf } from '../tape/mixture.ts';
import { drawnCells, rowsWith } from './cells.ts';
import { type FitData, rowsOf } from './data.ts';
import { expertProblem, gateProblem } from './problems.ts';

const EXPERT_STEPS = 12;
const GATE_STEPS = 8;
const DRAWS = 2;

/** Start number `index`, as the numbers of a measure inside the box. */
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
  drawGate(numbers, specs.gate, random);
  const experts = Array.from({ length: shape.experts }, (_, e) => {
    const rows = rowsWith(cells, e);
    // A cell with too few rows to say anything gets all of them.
    return fittedExpert(shape, rows.length > shape.inputDim ? rowsOf(data, rows) : data, scales, random);
  });
  placeExperts(numbers, gateSize, shape, experts);
  const box = { lower: space.lower, upper: space.upper };
  numbers.forEach((value, i) => {
    numbers[i] = Math.min(box.upper[i] as number, Math.max(box.lower[i] as number, value));
  });
  const free = space.free.filter((place) => place < gateSize);
  const chosen = minimised(gateProblem(shape, data, cells, numbers, free), numbers, free, space, GATE_STEPS);
  return chosen ?? numbers;
}

type Specs = ReturnType<typeof measureSpecs>['gate'];

/** Scores start at zero, and what they are made of inside a router at random; so no expert is favoured at first. */
function drawGate(numbers: Float64Array, specs: Specs, random: Stream): void {
  let next = 0;
  for (const spec of Object.values(specs)) {
    for (let copy = 0; copy < spec.copies; copy++) {
      for (const value of initialValues(spec, random)) numbers[next++] = value;
    }
  }
}

/** The numbers of one expert, fitted from a few random ridge directions; the best of them. */
function fittedExpert(shape: MeasureShape, data: FitData, scales: Scales, random: Stream): Float64Array {
  const specs = measureSpecs({ ...shape, experts: shape.experts }).expert;
  const size = Object.values(specs).reduce((sum, spec) => sum + paramSize(spec), 0);
  const free = Array.from({ length: size }, (_, i) => i);
  const whole = {
    lower: new Float64Array(size).fill(-Infinity),
    upper: new Float64Array(size).fill(Infinity),
  };
  let best: Float64Array | undefined;
  let smallest = Infinity;
  for (let draw = 0; draw < DRAWS; draw++) {
    const start = drawnExpert(specs, shape.inputDim, scales, random);
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
  return best as Float64Array;
}

/**
 * A kernel on the inputs gets directions of the size of the data, and the vector behind it is set so that every ridge
 * passes near their mean; all else is drawn as a layer draws it.
 */
function drawnExpert(
  specs: Specs,
  inputDim: number,
  { inputMeans, inputScales }: Scales,
  random: Stream,
): Float64Array {
  const numbers: number[] = [];
  let ridges: number[] = [];
  for (const spec of Object.values(specs)) {
    const [rows, columns] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
    if (spec.shape.length === 2 && rows === inputDim) {
      const kernel = Array.from(
        { length: rows * columns },
        (_, i) => random.normal() / (inputScales[Math.floor(i / columns)] as number),
      );
      ridges = Array.from({ length: columns }, (_, u) =>
        inputMeans.reduce((sum, mean, d) => sum + mean * (kernel[d * columns + u] as number), 0),
      );
      numbers.push(...kernel);
    } else if (spec.shape.length === 1 && ridges.length === columns) {
      numbers.push(...ridges.map((ridge) => random.normal() - ridge));
      ridges = [];
    } else {
      numbers.push(...initialValues(spec, random));
    }
  }
  return Float64Array.from(numbers);
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
      const own = experts[copy] as Float64Array;
      for (let i = 0; i < size; i++) numbers[next++] = own[offset + i] as number;
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
  const pick = (from: Float64Array) => Float64Array.from(free, (place) => from[place] as number);
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
    moved[place] = result.parameters[j] as number;
  });
  return moved;
}
