/**
 * The affine case: a softmax gate whose logits, and experts whose outputs, are linear in their parameters with the same
 * columns for every expert, as linear routers and experts are.
 *
 * Whether it applies is read off the derivatives at two points: equal, without second derivatives, the same for every
 * expert. The columns are then computed once and made orthonormal, which scales and centres the inputs whatever their
 * units; a column that depends on those before it is left out, as R leaves it out of a linear model.
 */
import { matrix } from '@tfjs-moe/numerics';
import type { Columns } from '../sample.ts';
import { type Basis, orthonormalBasis } from './basis.ts';
import type { Coordinates } from './coordinates.ts';
import { evaluateGate, evaluateOutputs } from './jets-source.ts';
import type { Layout } from './layout.ts';
import { type Block, blocksOf, type Part, type Source } from './part.ts';

/** Rows whose columns stay in the cache together. */
const ROWS = 256;
/** Rows of the sample that are looked at. */
const TRIAL_ROWS = 48;

/** Numbers of the layout that multiply the same columns: one list per function. */
interface Design {
  readonly columns: Float64Array[];
  /** Per function, the number of the layout that multiplies each column. */
  readonly numbers: number[][];
}

export interface AffineCase {
  readonly source: Source;
  readonly coordinates: Coordinates;
  readonly aliased: readonly number[];
  /** The response in units of `scale` after `centre` was taken off. */
  readonly centre: number;
  readonly scale: number;
}

/** @param held numbers that are not free */
export function affineCase(
  layout: Layout,
  data: Columns,
  units: number,
  held: ReadonlySet<number>,
  trials: readonly Float64Array[],
  withNoise: boolean,
): AffineCase | undefined {
  if (layout.shape.gate.kind !== 'softmax') return undefined;
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
      const numbers = new Float64Array(entries.length);
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
  const startOf = (numbers: number[]) => starts.get(numbers);
  const source = affineSource(
    data.n,
    gate.numbers.map((numbers) => ({ start: startOf(numbers), basis: gateBasis })),
    expert.numbers.map((numbers) => ({ start: startOf(numbers), basis: expertBasis })),
    units,
  );
  return { source, coordinates, aliased, centre, scale };
}

/** Both maps are affine, so that differences of points are exact derivatives. */
function fillJacobian({ size, toNumbers, jacobian }: Coordinates, rows: number): void {
  const origin = toNumbers(new Float64Array(size));
  for (let j = 0; j < size; j++) {
    const unit = new Float64Array(size);
    unit[j] = 1;
    const column = toNumbers(unit);
    for (let i = 0; i < rows; i++) jacobian.data[i + j * rows] = column[i]! - origin[i]!;
  }
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

/** The columns that logits or outputs are linear combinations of; nothing where they are not. */
function designOf(
  layout: Layout,
  data: Columns,
  units: number,
  part: 'gate' | 'expert',
  trials: readonly Float64Array[],
): Design | undefined {
  const rows = Math.min(data.n, TRIAL_ROWS);
  const picked = Array.from({ length: rows }, (_, i) => Math.floor((i * data.n) / rows));
  const input = data.inputs.map((column) => Float64Array.from(picked, (i) => column[i]!));
  const functions = trials.map((numbers) => functionsAt(layout, input, units, numbers, part, 2));
  const [first, ...others] = functions as [FunctionAt[], ...FunctionAt[][]];
  const shared = new Set<number>();
  const isLinear = first.every((of, f) => {
    const same = others.every(
      (other) =>
        sameLists(other[f]!.support, of.support) && sameColumns(other[f]!.gradient, of.gradient, rows),
    );
    const apart = of.support.every((number) => !shared.has(number) && shared.add(number));
    return (
      same &&
      apart &&
      of.linear &&
      sameColumns(of.gradient, first[0]!.gradient, rows) &&
      functions.every((trial, t) => isExact(trial[f]!, trials[t]!, rows))
    );
  });
  if (!isLinear) return undefined;
  const columns = first[0]!.gradient.map(() => new Float64Array(data.n));
  const chunk = 4096;
  for (let from = 0; from < data.n; from += chunk) {
    const piece = data.inputs.map((column) => column.subarray(from, Math.min(data.n, from + chunk)));
    const [of] = functionsAt(layout, piece, units, trials[0]!, part, 1) as [FunctionAt];
    of.gradient.forEach((column, j) => {
      if (typeof column === 'number') columns[j]!.fill(column, from, from + piece[0]!.length);
      else columns[j]!.set(column, from);
    });
  }
  return { columns, numbers: first.map(({ support }) => [...support]) };
}

interface FunctionAt {
  readonly value: number | Float64Array;
  readonly support: readonly number[];
  readonly gradient: readonly (number | Float64Array)[];
  readonly linear: boolean;
}

function functionsAt(
  layout: Layout,
  input: readonly Float64Array[],
  units: number,
  numbers: Float64Array,
  part: 'gate' | 'expert',
  order: 1 | 2,
): FunctionAt[] {
  const grid =
    part === 'gate'
      ? evaluateGate(layout, input, numbers, order, 'logits').logits
      : evaluateOutputs(layout, input, numbers, order);
  const count = layout.shape.experts * (part === 'gate' ? 1 : units);
  // A function that all experts share has no numbers of its own: not this case.
  if (grid.entries.length !== count) return [{ value: 0, support: [], gradient: [], linear: false }];
  return grid.entries.map(({ value, support, gradient, hessian }) => ({
    value,
    support,
    gradient,
    linear: hessian.every((column) =>
      typeof column === 'number' ? column === 0 : column.every((entry) => entry === 0),
    ),
  }));
}

function sameLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function sameColumns(
  a: readonly (number | Float64Array)[],
  b: readonly (number | Float64Array)[],
  rows: number,
): boolean {
  return (
    a.length === b.length &&
    a.every((column, j) => {
      for (let i = 0; i < rows; i++) if (entryAt(column, i) !== entryAt(b[j]!, i)) return false;
      return true;
    })
  );
}

/** Whether the value is the columns times the numbers, without a constant. */
function isExact({ value, support, gradient }: FunctionAt, numbers: Float64Array, rows: number): boolean {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    let size = 0;
    support.forEach((number, j) => {
      const term = numbers[number]! * entryAt(gradient[j]!, i);
      sum += term;
      size += Math.abs(term);
    });
    if (!(Math.abs(sum - entryAt(value, i)) <= 1e-12 * size)) return false;
  }
  return true;
}

function entryAt(column: number | Float64Array, row: number): number {
  return typeof column === 'number' ? column : column[row]!;
}

interface Affine {
  /** Its first coordinate; nothing where it is held at zero. */
  readonly start: number | undefined;
  readonly basis: Basis;
}

function affineSource(
  n: number,
  gates: readonly Affine[],
  outputs: readonly Affine[],
  units: number,
): Source {
  const blocks = blocksOf(n, ROWS);
  const parts = new Map<Basis, Float64Array[][]>();
  for (const { basis } of [...gates, ...outputs]) {
    if (parts.has(basis)) continue;
    parts.set(
      basis,
      blocks.map(({ first, rows }) => basis.columns.map((column) => column.subarray(first, first + rows))),
    );
  }
  const make = ({ start, basis }: Affine) => {
    const value = new Float64Array(Math.min(n, ROWS));
    const support = start === undefined ? [] : basis.columns.map((_, j) => start + j);
    const views = parts.get(basis)!;
    const pieces: Part[] = blocks.map(({ index }) => ({
      value,
      support,
      gradient: start === undefined ? [] : views[index]!,
    }));
    return {
      at(block: Block, at: Float64Array): Part {
        const piece = pieces[block.index]!;
        if (start !== undefined) combine(value, views[block.index]!, at, start, block.rows);
        return piece;
      },
    };
  };
  const logits = gates.map(make);
  const values = outputs.map(make);
  const selected = gates.map(() => undefined);
  return {
    blocks,
    evaluate: (block, at) => ({
      logits: logits.map((logit) => logit.at(block, at)),
      selected,
      outputs: gates.map((_, e) =>
        values.slice(e * units, (e + 1) * units).map((value) => value.at(block, at)),
      ),
    }),
  };
}

/** out = sum_j at[start + j] columns[j] */
function combine(
  out: Float64Array,
  columns: readonly Float64Array[],
  at: Float64Array,
  start: number,
  rows: number,
): void {
  const first = columns[0];
  if (first === undefined) {
    out.fill(0);
    return;
  }
  const factor = at[start]!;
  for (let i = 0; i < rows; i++) out[i] = factor * first[i]!;
  for (let j = 1; j < columns.length; j++) {
    const next = at[start + j]!;
    const column = columns[j]!;
    for (let i = 0; i < rows; i++) out[i] = out[i]! + next * column[i]!;
  }
}
