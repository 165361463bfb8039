import { matrix, matrixProduct } from '@tfjs-moe/numerics';
import type { Problem } from '../../problem/problem.ts';
import { structuredSource } from '../../problem/structure/structured-source.ts';

/** The same problem with the coefficients of the experts held: of gate and dispersions, in which the likelihood is smooth. */
export interface HeldExperts {
  readonly problem: Problem;
  toAll(at: ArrayLike<number>): Float64Array;
  fromAll(all: ArrayLike<number>): Float64Array;
}

export function heldExperts(problem: Problem, held: Float64Array): HeldExperts {
  const { coordinates } = problem;
  const { size, firstExpert, firstNoise, noises } = coordinates;
  const places = Array.from({ length: firstExpert + noises }, (_, k) =>
    k < firstExpert ? k : k - firstExpert + firstNoise,
  );
  const basis = matrix(size, places.length);
  places.forEach((place, k) => {
    basis.data[place + k * size] = 1;
  });
  const toAll = (at: ArrayLike<number>) => {
    const all = held.slice();
    places.forEach((place, k) => {
      all[place] = at[k]!;
    });
    return all;
  };
  return {
    toAll,
    fromAll: (all) => Float64Array.from(places, (place) => all[place]!),
    problem: {
      ...problem,
      source: structuredSource(problem.source, basis, toAll),
      coordinates: {
        ...coordinates,
        size: places.length,
        firstNoise: firstExpert,
        noiseOf: coordinates.noiseOf.map((place) => (place < 0 ? -1 : place - firstNoise + firstExpert)),
        jacobian: matrixProduct(coordinates.jacobian, basis),
        toNumbers: (at) => coordinates.toNumbers(toAll(at)),
        fromNumbers: (numbers) => {
          const all = coordinates.fromNumbers(numbers);
          return Float64Array.from(places, (place) => all[place]!);
        },
      },
      isAllowed: (at) => problem.isAllowed(toAll(at)),
    },
  };
}
