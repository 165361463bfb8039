import { MoeError, mapNames, type ParamSpecs, paramSize } from '@tfjs-moe/core';
import { constantJet, type Jet, parameterJet } from '../jets/jet.ts';
import type { Ring } from '../ring/ring.ts';

/**
 * Grid: the value of a definition in any algebra, [experts, rows, features].
 *
 * There is no axis of tokens: a number of the algebra stands for all points at once (columns) or for one point (balls,
 * formal expressions). `rows` is 1 but for kernels. An axis of length 1 broadcasts.
 */
export interface Grid<J> {
  readonly experts: number;
  readonly rows: number;
  readonly features: number;
  /** In row-major order. */
  readonly entries: readonly J[];
}

/** Inputs, one number of the ring per feature. */
export function gridInput<S>(features: readonly S[]): Grid<Jet<S>> {
  return { experts: 1, rows: 1, features: features.length, entries: features.map(constantJet) };
}

/**
 * Stored weights [copies, ...shape] as grids of jets. Trainable parameters are numbered in the order of
 * `paramLabels`; the others are constants.
 *
 * @param indices of the first trainable number, or of each of them; those that are one parameter have the same
 */
export function gridParams<S>(
  ring: Ring<S>,
  specs: ParamSpecs,
  data: Readonly<Record<string, ArrayLike<number>>>,
  indices: number | readonly number[] = 0,
): Record<string, Grid<Jet<S>>> {
  let next = typeof indices === 'number' ? indices : 0;
  return mapNames(specs, (spec, name) => {
    const [rows, features] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
    const numbers = data[name];
    if (numbers?.length !== spec.copies * paramSize(spec)) {
      throw new MoeError(
        'gridParams',
        `${name} must have ${spec.copies * paramSize(spec)} numbers`,
        numbers?.length,
      );
    }
    const entries = Array.from(numbers, (number) => {
      if (!Number.isFinite(number)) throw new MoeError('gridParams', `${name} must be finite`, number);
      const value = ring.constant(number);
      if (spec.trainable === false) return constantJet(value);
      const index = typeof indices === 'number' ? next : indices[next]!;
      next++;
      return parameterJet(ring, index, value);
    });
    return { experts: spec.copies, rows, features, entries };
  });
}

/** A label for every trainable number of some parameters in order: `kernel[0]`, `layer_1/kernel[2,0]`, `bias[0]#1`. */
export function paramLabels(specs: ParamSpecs): string[] {
  return Object.entries(specs).flatMap(([name, { shape, copies, trainable }]) => {
    if (trainable === false) return [];
    const places: string[] = [''];
    for (const length of shape) {
      places.push(
        ...places
          .splice(0)
          .flatMap((place) => Array.from({ length }, (_, i) => (place ? `${place},${i}` : `${i}`))),
      );
    }
    return Array.from({ length: copies }, (_, copy) =>
      places.map((place) => `${name}[${place}]${copies > 1 ? `#${copy}` : ''}`),
    ).flat();
  });
}
