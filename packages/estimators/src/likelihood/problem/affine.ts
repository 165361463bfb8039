import { selects } from '@tfjs-moe/measures';
import { matrix } from '@tfjs-moe/numerics';
import type { Columns } from '../../sample.ts';
import { designOf, trialInput } from './affine-design.ts';
import { affineSource } from './affine-source.ts';
import { type Basis, orthonormalBasis } from './basis.ts';
import { type Coordinates, fillJacobian } from './coordinates.ts';
import { selectionAt } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';
import { isLogWeights } from './logits-from.ts';
import type { Block, Part, Parts, Source } from './part.ts';
import { bestOf } from './ranks.ts';

export interface AffineCase {
  readonly source: Source;
  readonly coordinates: Coordinates;
  readonly aliased: readonly number[];
  /** The response in units of `scale` after `centre` was taken off. */
  readonly centre: number;
  readonly scale: number;
  /** Where a gate selects by its logits: these, at all rows or at some. */
  readonly scores?: (at: Float64Array, rows?: readonly number[]) => Float64Array[];
}

/**
 * The affine case: a gate whose law is a softmax of its logits, perhaps over a selection, whose logits, and experts whose
 * outputs, are linear in their parameters with the same columns for every expert, as linear routers and experts are.
 *
 * Whether it applies is read off the derivatives at two points: equal, without second derivatives, the same for every
 * expert. The columns are then computed once and made orthonormal, which scales and centres the inputs whatever their
 * units; a column that depends on those before it is left out, as R leaves it out of a linear model.
 *
 * @param held numbers that are not free
 */
export function affineCase(
  layout: Layout,
  data: Columns,
  units: number,
  held: ReadonlySet<number>,
  trials: readonly Float64Array[],
  withNoise: boolean,
): AffineCase | undefined {
  if (!trials.every((numbers) => isLogWeights(layout, trialInput(data), numbers, 'logits'))) return undefined;
  const gate = designOf(layout, data, units, 'gate', trials);
  const expert = designOf(layout, data, units, 'expert', trials);
  if (gate === undefined || expert === undefined) return undefined;
  const gateBasis = orthonormalBasis(gate.columns, data.weights);
  const expertBasis = orthonormalBasis(expert.columns, data.weights);
  const isFree = (numbers: readonly number[]) => !numbers.some((number) => held.has(number));
  const functions = [
    ...gate.numbers.map((numbers) => ({ numbers, basis: gateBasis, isFree: isFree(numbers) })),
    ...expert.numbers.map((numbers) => ({ numbers, basis: expertBasis, isFree: isFree(numbers) })),
  ];
  // A function is free or held as a whole; where a gauge holds a part of one, the general case applies.
  if (functions.some(({ numbers, isFree: free }) => !free && numbers.some((number) => !held.has(number)))) {
    return undefined;
  }
  const free = functions.filter((each) => each.isFree);
  let next = 0;
  const starts = new Map(
    free.map(({ numbers, basis }) => {
      const start = next;
      next += basis.columns.length;
      return [numbers, start] as const;
    }),
  );
  const gateSize =
    free.filter(({ numbers }) => gate.numbers.includes(numbers)).length * gateBasis.columns.length;
  const one = withNoise ? expertBasis.coefficientsOf(new Float64Array(data.n).fill(1)) : undefined;
  const { centre, scale } = withNoise ? unitsOf(data, one !== undefined) : { centre: 0, scale: 1 };
  const shift = (one ?? new Float64Array(expertBasis.columns.length)).map(
    (value) => (value * centre) / scale,
  );
  const isOutput = (basis: Basis) => basis === expertBasis;
  const { firstNoise, noises, entries } = layout;
  const size = next + noises;

  const coordinates: Coordinates = {
    size,
    firstExpert: gateSize,
    firstNoise: next,
    noises,
    jacobian: matrix(entries.length, size),
    toNumbers(at) {
      const numbers = layout.atRest.slice();
      for (const { numbers: places, basis } of free) {
        const start = starts.get(places)!;
        const own = Float64Array.from(
          basis.columns,
          (_, j) => at[start + j]! + (isOutput(basis) ? shift[j]! : 0),
        );
        basis.solve(own).forEach((value, j) => {
          numbers[places[basis.kept[j]!]!] = (isOutput(basis) ? scale : 1) * value;
        });
      }
      for (let s = 0; s < noises; s++) numbers[firstNoise + s] = at[next + s]! + Math.log(scale);
      return numbers;
    },
    fromNumbers(numbers) {
      const at = new Float64Array(size);
      for (const { numbers: places, basis } of free) {
        const start = starts.get(places)!;
        const own = basis.kept.map((j) => numbers[places[j]!]! / (isOutput(basis) ? scale : 1));
        basis.multiply(own).forEach((value, j) => {
          at[start + j] = value - (isOutput(basis) ? shift[j]! : 0);
        });
      }
      for (let s = 0; s < noises; s++) at[next + s] = numbers[firstNoise + s]! - Math.log(scale);
      return at;
    },
  };
  fillJacobian(coordinates, entries.length);
  const aliased = functions.flatMap(({ numbers, basis, isFree: free }) =>
    free ? numbers.filter((_, j) => !basis.kept.includes(j)) : [],
  );
  const logits = gate.numbers;
  const startOf = (numbers: number[]) => starts.get(numbers);
  const k = layout.shape.gate.expertsPerToken(layout.shape.experts);
  const isByLogits =
    selects(layout.shape) && trials.every((numbers) => choosesByLogits(layout, data, numbers, k));
  const source = affineSource(
    data.n,
    gate.numbers.map((numbers) => ({ start: startOf(numbers), basis: gateBasis })),
    expert.numbers.map((numbers) => ({ start: startOf(numbers), basis: expertBasis })),
    units,
    selects(layout.shape) ? selected : undefined,
  );
  return { source, coordinates, aliased, centre, scale, ...(isByLogits && { scores: logitsAt }) };

  function selected({ first, rows }: Block, at: Float64Array, own: readonly Part[]): Parts['selected'] {
    if (isByLogits)
      return bestOf(
        own.map(({ value }) => value),
        k,
        rows,
      );
    const input = data.inputs.map((column) => column.subarray(first, first + rows));
    return selectionAt(layout, input, coordinates.toNumbers(at), rows).selected;
  }

  function logitsAt(at: Float64Array, some?: readonly number[]): Float64Array[] {
    return logits.map((numbers) => {
      const start = startOf(numbers);
      const values = new Float64Array(some?.length ?? data.n);
      if (start === undefined) return values;
      gateBasis.columns.forEach((column, j) => {
        for (let i = 0; i < values.length; i++)
          values[i] = values[i]! + at[start + j]! * column[some === undefined ? i : some[i]!]!;
      });
      return values;
    });
  }
}

/** Whether the k largest logits are selected. */
function choosesByLogits(layout: Layout, data: Columns, numbers: Float64Array, k: number): boolean {
  const input = trialInput(data);
  const rows = input[0]!.length;
  const { logits, selected } = selectionAt(layout, input, numbers, rows);
  return bestOf(logits, k, rows).every((mask, e) =>
    mask.every((value, i) => value === (selected[e]?.[i] ?? 1)),
  );
}

/** Mean and standard deviation of the response; without an intercept to take it up, no mean. */
function unitsOf(
  { response, weights, totalWeight }: Columns,
  hasIntercept: boolean,
): { centre: number; scale: number } {
  let sum = 0;
  response.forEach((y, i) => {
    sum += weights[i]! * y;
  });
  const centre = hasIntercept ? sum / totalWeight : 0;
  let square = 0;
  response.forEach((y, i) => {
    square += weights[i]! * (y - centre) * (y - centre);
  });
  return { centre, scale: Math.sqrt(square / totalWeight) || 1 };
}
