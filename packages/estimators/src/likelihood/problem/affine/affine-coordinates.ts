import { matrix } from '@tfjs-moe/numerics';
import { type Coordinates, fillJacobian, noisePlaces } from '../coordinates.ts';
import type { Layout } from '../layout.ts';
import type { ResponseUnits } from '../response.ts';
import type { AffineFunctions } from './affine-functions.ts';
import { freeFunctions, functionsFromNumbers, functionsToNumbers } from './free-functions.ts';

/**
 * Coefficients in orthonormal columns, outputs and $\sigma$ in units of the response, less its centre.
 * @param one the coefficients of a column of ones in the experts' basis, where it lies in their span
 */
export function affineCoordinates(
  layout: Layout,
  functions: AffineFunctions,
  units: ResponseUnits,
  one: Float64Array | undefined,
): Coordinates {
  const { firstNoise, noises, entries } = layout;
  const { gateSize, size: functionsSize } = functions;
  const size = functionsSize + noises;
  const free = freeFunctions(functions, () => units, one);
  const coordinates: Coordinates = {
    size,
    firstExpert: gateSize,
    firstNoise: functionsSize,
    noises,
    ...noisePlaces(layout, functionsSize),
    jacobian: matrix(entries.length, size),
    toNumbers(at) {
      const numbers = layout.atRest.slice();
      functionsToNumbers(free, at, numbers);
      for (let s = 0; s < noises; s++)
        numbers[firstNoise + s] = at[functionsSize + s]! + Math.log(units.scale);
      return numbers;
    },
    fromNumbers(numbers) {
      const at = new Float64Array(size);
      functionsFromNumbers(free, numbers, at);
      for (let s = 0; s < noises; s++)
        at[functionsSize + s] = numbers[firstNoise + s]! - Math.log(units.scale);
      return at;
    },
  };
  fillJacobian(coordinates, entries.length);
  return coordinates;
}
