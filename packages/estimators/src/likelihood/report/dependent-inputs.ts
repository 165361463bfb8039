import { type Stream, stream } from '@tfjs-moe/core';
import { type Column, matrixOf, singularValues, spreadColumn } from '@tfjs-moe/numerics';
import type { Columns } from '../../sample.ts';
import { orthonormalBasis } from '../problem/affine/basis.ts';
import { each, evaluateGate, evaluateOutputs, type Value } from '../problem/evaluate-definition.ts';
import { initialMeasure } from '../problem/initial-measure.ts';
import type { Problem } from '../problem/problem.ts';

/** Of the largest singular value: below it a direction is not seen. */
const UNSEEN = 1e-9;
/** In general position. */
const POINTS = 4;

const NONE = { gate: 0, experts: 0 };

/** What inputs that depend on others take away. */
export interface DependentInputs {
  /** Their names: each is a constant and a combination of those before it. */
  readonly names: readonly string[];
  /** In how many directions numbers move without changing a weight, or an output, at the inputs of the data. */
  readonly unseen: { readonly gate: number; readonly experts: number };
}

/**
 * Inputs that depend on others, where the problem has not left out what belongs to them: gates and experts that are not linear
 * in what they learn read them all. How many numbers cannot be told apart is counted at numbers in general position, as the rank
 * of the derivatives where inputs are any, less that where they depend as the data's do.
 */
export function dependentInputs({ layout, data, fromStandard }: Problem): DependentInputs {
  if (fromStandard === undefined) return { names: [], unseen: NONE };
  const ones = new Float64Array(data.n).fill(1);
  const { kept } = orthonormalBasis([ones, ...data.inputs], data.weights);
  const names = data.inputNames.filter((_, d) => !kept.includes(d + 1));
  if (names.length === 0) return { names, unseen: NONE };
  const random = stream(0, 'dependent inputs');
  const { shape, entries, firstNoise } = layout;
  const { experts, units = 1 } = shape;
  // Of several, for some unit of a network may have the same sign at all rows.
  const points = Array.from({ length: POINTS }, (_, index) =>
    layout.numbersOf(initialMeasure(shape, 0, index)).map((value, i) => {
      const { min = -Infinity, max = Infinity } = entries[i]!.spec?.constraint ?? {};
      const moved = value + 0.5 * random.normal();
      return moved >= min && moved <= max ? moved : value;
    }),
  );
  const free = anyInputs(data, firstNoise, random);
  const alike = inputsAlike(data, firstNoise, random);
  const lost = (of: (numbers: Float64Array, x: readonly Column[]) => readonly Value[]) => {
    const [all, left] = [free, alike].map((x) =>
      Math.max(...points.map((numbers) => rankOf(of(numbers, x), firstNoise, x[0]!.length))),
    );
    return all! - left!;
  };
  const unseen = {
    gate: lost((numbers, x) =>
      each(evaluateGate(layout, x, numbers, 1, 'weights').weights, experts, 1).flat(),
    ),
    experts: lost((numbers, x) => each(evaluateOutputs(layout, x, numbers, 1), experts, units).flat()),
  };
  return { names, unseen };
}

/** Rows of numbers that nothing binds, as many as would tell all numbers apart. */
function anyInputs({ inputDim }: Columns, size: number, random: Stream): Float64Array[] {
  return Array.from({ length: inputDim }, () =>
    Float64Array.from({ length: size + 5 }, () => random.normal()),
  );
}

/** Rows that depend as those of the data: each one of them, and differences of two, times anything. */
function inputsAlike({ inputs, weights }: Columns, size: number, random: Stream): Float64Array[] {
  const counted = Array.from(weights.keys()).filter((i) => weights[i]! > 0);
  const any = () => counted[random.integer(counted.length)]!;
  const scales = inputs.map(
    (column) => counted.reduce((most, i) => Math.max(most, Math.abs(column[i]!)), 0) || 1,
  );
  const rows = Array.from({ length: size + 5 }, () => {
    const first = any();
    const moves = inputs.map(() => [any(), any(), random.normal()] as const);
    return inputs.map(
      (column, d) =>
        moves.reduce((sum, [a, b, by]) => sum + by * (column[a]! - column[b]!), column[first]!) / scales[d]!,
    );
  });
  return inputs.map((_, d) => Float64Array.from(rows, (row) => row[d]!));
}

function rankOf(values: readonly Value[], size: number, rows: number): number {
  const columns = Array.from({ length: size }, () => new Float64Array(values.length * rows));
  values.forEach(({ support, gradient }, place) => {
    support.forEach((number, a) => {
      columns[number]?.set(spreadColumn(gradient[a]!, rows), place * rows);
    });
  });
  const seen = columns.flatMap((column) => {
    const length = Math.hypot(...column);
    return length > 0 ? [Array.from(column, (value) => value / length)] : [];
  });
  if (seen.length === 0) return 0;
  const { values: singular } = singularValues(matrixOf(seen));
  return singular.filter((value) => value > UNSEEN * singular[0]!).length;
}
