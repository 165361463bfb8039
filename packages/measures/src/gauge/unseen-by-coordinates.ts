import type { Coordinates, Numbers, ParamSpecs } from '@tfjs-moe/core';
import {
  type Matrix,
  matrix,
  matrixOf,
  matrixProduct,
  pivotedQr,
  singularValues,
  symmetricEigen,
  transpose,
} from '@tfjs-moe/numerics';
import { fewestInputs } from '../reading/fewest-inputs.ts';
import { ownOf } from '../reading/own-numbers.ts';
import { routerTraits } from '../reading/traits-of.ts';
import { copiesIn, type Level, routerName } from './levels.ts';

/** Step of a derivative, as a part of the number. */
const STEP = 1e-5;
/** Of a square of a length: below it a direction is none. Derivatives by differences have ten digits. */
const NONE = 1e-12;

/**
 * In how many directions the numbers of a level move without changing a weight, where its router says in which coordinates
 * u the score is linear, at numbers in general position. Those that fix parameters are among them.
 *
 * What is seen of $z_e = (u_e^\top\psi / \tau_r + \beta_{0e}) / \tau$ are the $u_e / (\tau_r\tau)$, of a softmax their
 * differences. Unseen is so each change of an expert's numbers that leaves u as it is, and each way to scale and to shift all
 * u together that changes of these numbers make up for: $s\,u_e + t$ must be a derivative of $u_e$ for every e.
 */
export function unseenByCoordinates(
  level: Level,
  specs: ParamSpecs,
  numbers: Numbers,
  coordinates: Coordinates,
): number {
  const { form, sizes } = level;
  const instances = sizes.length;
  const isCompetitive = form.type === 'competitive';
  const hasBias = form.bias !== undefined && isLearned(specs, form.bias);
  // A bias makes up for an offset, unless the selection goes by the scores alone.
  const withOffset = coordinates.offset !== undefined && !(hasBias && form.selection?.by !== 'scores');
  const at = (own: Numbers) => [...coordinates.of(own), ...(withOffset ? [coordinates.offset!(own)] : [])];
  const temperatures = temperaturesOf(level, specs);
  const size = at(numbersIn(level, specs, numbers, 0, 0)).length;
  const shifts = isCompetitive ? size * instances : 0;
  const unknowns = temperatures.reduce((sum, count) => sum + count, 0) + shifts;
  const conditions: number[][] = [];
  let still = 0;
  for (let instance = 0; instance < instances; instance++) {
    for (let expert = 0; expert < sizes[instance]!; expert++) {
      const own = numbersIn(level, specs, numbers, instance, expert);
      const learned = Object.keys(own).filter((name) => isLearned(specs, routerName(form, name)));
      const moves = derivatives(at, own, learned);
      const { rank, normals } = rangeOf(moves, size);
      still += moves.length - rank;
      const value = at(own);
      for (const normal of normals) {
        const along = normal.reduce((sum, n, i) => sum + n * value[i]!, 0);
        const row = new Array<number>(unknowns).fill(0);
        let place = 0;
        for (const count of temperatures) {
          row[place + (count === 1 ? 0 : instance)] = along;
          place += count;
        }
        if (isCompetitive) row.splice(place + instance * size, size, ...normal);
        conditions.push(row);
      }
    }
  }
  const biases = isCompetitive && hasBias ? instances : 0;
  return still + unknowns - rankOf(conditions) + biases;
}

/**
 * Learned numbers that the scores are divided by, or are homogeneous in, each with how many copies it has. The scale of a
 * layer is not among them where its units have scales of their own.
 */
function temperaturesOf({ form, sizes }: Level, specs: ParamSpecs): number[] {
  const { homogeneous = [], units = [] } = routerTraits(form.router);
  const ofUnits = units.flatMap(({ scales = [] }) => scales.flatMap(({ multiplied }) => multiplied));
  const ofRouter = homogeneous.filter(
    ({ degree, parameters }) =>
      degree !== 0 &&
      parameters.every((parameter) => {
        const name = routerName(form, parameter);
        return specs[name]?.shared === true && isLearned(specs, name) && !ofUnits.includes(parameter);
      }),
  );
  const own = form.type === 'competitive' ? form.temperature : undefined;
  // A bias that stays has a scale of its own.
  const isFree =
    own !== undefined && isLearned(specs, own) && (form.bias === undefined || isLearned(specs, form.bias));
  return [...ofRouter.map(() => 1), ...(isFree ? [specs[own]!.shared ? 1 : sizes.length] : [])];
}

/** What an expert of an instance has for its own, under the router's names. */
function numbersIn(
  level: Level,
  specs: ParamSpecs,
  numbers: Numbers,
  instance: number,
  expert: number,
): Record<string, readonly number[]> {
  const { router } = level.form;
  const names = Object.keys(fewestInputs((inputDim) => router.params(inputDim)).specs).filter(
    (name) => !specs[routerName(level.form, name)]!.shared,
  );
  return Object.fromEntries(
    names.map((name) => {
      const own = routerName(level.form, name);
      const { first } = copiesIn(level, specs[own]!, instance);
      return [name, ownOf({ [own]: specs[own]! }, numbers, first + expert)[own]!];
    }),
  );
}

/** The derivatives of coordinates in each of an expert's learned numbers. */
function derivatives(at: (own: Numbers) => number[], own: Numbers, learned: readonly string[]): number[][] {
  return learned.flatMap((name) =>
    own[name]!.map((value, i) => {
      const step = STEP * Math.max(1, Math.abs(value));
      const moved = (by: number) => at({ ...own, [name]: own[name]!.map((v, j) => (j === i ? v + by : v)) });
      const [above, below] = [moved(step), moved(-step)];
      return above.map((v, j) => (v - below[j]!) / (2 * step));
    }),
  );
}

/** The rank of some vectors, and an orthonormal basis of what is orthogonal to all of them. */
function rangeOf(vectors: readonly number[][], size: number): { rank: number; normals: number[][] } {
  const a = vectors.length === 0 ? matrix(size, 1) : columnsOf(vectors);
  if (vectors.length >= size) {
    const { r } = pivotedQr(a);
    if (Math.abs(r.data[size * size - 1]!) > Math.sqrt(NONE)) return { rank: size, normals: [] };
  }
  const { values, vectors: directions } = symmetricEigen(matrixProduct(a, transpose(a)));
  const largest = Math.max(1, ...values);
  const isNone = (value: number) => value <= NONE * largest;
  const normals = [...values].flatMap((value, k) =>
    isNone(value) ? [[...directions.data.subarray(k * size, (k + 1) * size)]] : [],
  );
  return { rank: size - normals.length, normals };
}

function columnsOf(vectors: readonly number[][]): Matrix {
  const rows = vectors[0]!.length;
  return { rows, columns: vectors.length, data: Float64Array.from(vectors.flat()) };
}

function rankOf(rows: readonly number[][]): number {
  if (rows.length === 0) return 0;
  const { values } = singularValues(matrixOf(rows));
  return values.filter((value) => value > Math.sqrt(NONE) * Math.max(1, values[0]!)).length;
}

function isLearned(specs: ParamSpecs, name: string): boolean {
  return specs[name] !== undefined && specs[name].trainable !== false;
}
