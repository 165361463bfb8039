import {
  type GateParamSpec,
  initialValues,
  mapNames,
  type Numbers,
  paramSize,
  type Stream,
} from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, measureParts, measureSpecs } from '@tfjs-moe/measures';

/**
 * Which parameters of a gate or an expert take up a change of the units of its inputs, and of its outputs.
 *
 * A first layer that is affine in the inputs does: $W^\top x + b = (sW)^\top \frac{x - m}{s} + (b + W^\top m)$, and so does
 * a last layer that is linear for the outputs. Definitions are not asked for their kind: which parameters form such layers
 * is tried, at random numbers, and what does not hold to rounding is left alone.
 *
 * How one part of a mixture sees units.
 */
export interface PartUnits {
  /** Kernels on the inputs, [D, H] or [D], with the parameter that a shift of the inputs goes to, if there is one. */
  readonly kernels: readonly { readonly name: string; readonly bias: string | undefined }[];
  /** Parameters whose common factor is one of the output. */
  readonly factor: readonly string[];
  /** The parameter that is added to the output. */
  readonly offset: string | undefined;
}

const ROWS = 48;
const MOST_CANDIDATES = 6;
type Part = 'gate' | 'expert';

export function unitsOfPart(shape: MeasureShape, part: Part, random: Stream): PartUnits {
  const specs: Readonly<Record<string, GateParamSpec>> = measureSpecs(shape)[part];
  const names = Object.keys(specs).filter(
    (name) => specs[name]!.trainable !== false && specs[name]!.constraint === undefined,
  );
  const probe = probeOf(shape, part, random);
  const { inputDim } = shape;
  const factors = Array.from({ length: inputDim }, () => 0.5 + random.uniform());
  const shifts = Array.from({ length: inputDim }, () => random.normal());

  const onInputs = names.filter((name) => specs[name]!.shape[0] === inputDim);
  const scaled = subsets(onInputs.slice(0, MOST_CANDIDATES)).find((some) =>
    probe.isSame(
      (x) => x.map((value, d) => value * factors[d]!),
      (numbers) => withRows(numbers, specs, some, (value, d) => value / factors[d]!),
    ),
  );
  const withBias = (scaled ?? []).map((name) => {
    const width = specs[name]!.shape[1] ?? 1;
    const bias = names
      .slice(names.indexOf(name) + 1)
      .find((other) => specs[other]!.shape.length === 1 && specs[other]!.shape[0] === width);
    return { name, bias };
  });
  const takesShift =
    withBias.every(({ bias }) => bias !== undefined) &&
    probe.isSame(
      (x) => x.map((value, d) => value + shifts[d]!),
      (numbers) =>
        shifted(
          numbers,
          specs,
          withBias,
          shifts.map((shift) => -shift),
        ),
    );
  const kernels = takesShift ? withBias : (scaled ?? []).map((name) => ({ name, bias: undefined }));
  if (part === 'gate') return { kernels, factor: [], offset: undefined };

  const last = names.slice(-2);
  const factor = subsets(last).find((some) =>
    probe.isSame(
      (x) => x,
      (numbers) => times(numbers, some, 1.7),
      (outputs) => outputs.map((value) => 1.7 * value),
    ),
  );
  const offset = last.find((name) =>
    probe.isSame(
      (x) => x,
      (numbers) => plus(numbers, name, 0.9),
      (outputs) => outputs.map((value) => value + 0.9),
    ),
  );
  return {
    kernels,
    factor: factor ?? [],
    offset: offset !== undefined && factor !== undefined ? offset : undefined,
  };
}

/** Whether what is added to the output of every expert is added to the mixture's; found by trial. */
export function weightsSumToOne(shape: MeasureShape, random: Stream): boolean {
  const { here } = probeOf(shape, 'gate', random);
  return Array.from({ length: ROWS }, (_, row) =>
    here.slice(row * shape.experts, (row + 1) * shape.experts),
  ).every((weights) => Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);
}

/** Compares what a part says before and after a change. */
function probeOf(shape: MeasureShape, part: Part, random: Stream) {
  const specs = measureSpecs(shape);
  const draw = (own: Part): Numbers =>
    mapNames(specs[own], (spec) =>
      Array.from({ length: spec.copies }, () => [...initialValues(spec, random)])
        .flat()
        .map((value) => (spec.constraint === undefined ? value + 0.3 * random.normal() : value)),
    );
  const measure: MixingMeasure = { ...shape, gateParams: draw('gate'), expertParams: draw('expert') };
  const rows = Array.from({ length: ROWS }, () =>
    Array.from({ length: shape.inputDim }, () => random.normal()),
  );
  const key = part === 'gate' ? 'weights' : 'outputs';
  const at = (own: MixingMeasure, x: number[][]) => [...measureParts(own, x)[key]];
  const here = at(measure, rows);
  return {
    here,
    isSame(
      input: (x: number[]) => number[],
      change: (numbers: Numbers) => Numbers,
      output: (outputs: number[]) => number[] = (outputs) => outputs,
    ): boolean {
      const field = part === 'gate' ? 'gateParams' : 'expertParams';
      const there = at({ ...measure, [field]: change(measure[field]) }, rows.map(input));
      const wanted = output(here);
      const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return there.every((value, i) => Math.abs(value - wanted[i]!) <= 1e-9 * size);
    },
  };
}

/** Subsets that are not empty, the smallest first. */
function subsets(names: readonly string[]): string[][] {
  return Array.from({ length: 2 ** names.length - 1 }, (_, code) =>
    names.filter((_name, i) => ((code + 1) >> i) % 2 === 1),
  ).sort((a, b) => a.length - b.length);
}

type Specs = Readonly<Record<string, GateParamSpec>>;

/** Kernels with the row of every input changed. */
export function withRows(
  numbers: Numbers,
  specs: Specs,
  names: readonly string[],
  change: (value: number, input: number) => number,
): Numbers {
  return mapNames(numbers, (values, name) => {
    if (!names.includes(name)) return values;
    const [, width = 1] = specs[name]!.shape;
    const size = paramSize(specs[name]!);
    return values.map((value, i) => change(value, Math.floor((i % size) / width)));
  });
}

/** Biases plus $W^\top m$ of their kernels. */
export function shifted(
  numbers: Numbers,
  specs: Specs,
  kernels: PartUnits['kernels'],
  means: readonly number[],
): Numbers {
  const moved = { ...numbers };
  for (const { name, bias } of kernels) {
    if (bias === undefined) continue;
    const [, width = 1] = specs[name]!.shape;
    const size = paramSize(specs[name]!);
    const kernel = numbers[name]!;
    moved[bias] = moved[bias]!.map((value, i) => {
      const copy = kernel.length === size ? 0 : Math.floor(i / width);
      return means.reduce(
        (sum, mean, d) => sum + mean * kernel[copy * size + d * width + (i % width)]!,
        value,
      );
    });
  }
  return moved;
}

export function times(numbers: Numbers, names: readonly string[], factor: number): Numbers {
  return mapNames(numbers, (values, name) =>
    names.includes(name) ? values.map((value) => value * factor) : values,
  );
}

export function plus(numbers: Numbers, of: string, offset: number): Numbers {
  return mapNames(numbers, (values, name) => (name === of ? values.map((value) => value + offset) : values));
}
