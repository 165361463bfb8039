import { matrix } from '@tfjs-moe/numerics';
import type { AffineFunctions } from '../affine/affine-functions.ts';
import { freeFunctions, functionsFromNumbers, functionsToNumbers } from '../affine/free-functions.ts';
import { type Coordinates, fillJacobian } from '../coordinates.ts';
import type { Layout } from '../layout.ts';
import type { ResponseUnits } from '../response.ts';

/**
 * Coefficients in orthonormal columns with each response in its own unit, and the innovations of covariances in these units, which
 * count as numbers of the experts: they are outputs of the law that do not depend on the row.
 * @param one the coefficients of a column of ones in the experts' basis, where it lies in their span
 */
export function severalCoordinates(
  layout: Layout,
  functions: AffineFunctions,
  units: readonly ResponseUnits[],
  one: Float64Array | undefined,
): Coordinates {
  const { entries, shape } = layout;
  const { gateSize, size: functionsSize } = functions;
  const q = units.length;
  const firstCovariance = entries.findIndex(({ part }) => part === 'noise');
  const size = functionsSize + entries.length - firstCovariance;
  const free = freeFunctions(functions, (place) => units[place % q]!, one);
  // In raw units a deviation is longer by the unit, and a slope by the ratio of two.
  const pairs = units.flatMap((own, j) => units.slice(0, j).map((other) => own.scale / other.scale));
  const isDeviation = (index: number) => index < q;
  const covariances = entries.slice(firstCovariance).map(({ index }) => ({
    shift: isDeviation(index) ? Math.log(units[index]!.scale) : 0,
    factor: isDeviation(index) ? 1 : pairs[index - q]!,
  }));
  const coordinates: Coordinates = {
    size,
    firstExpert: gateSize,
    firstNoise: size,
    noises: 0,
    noiseOf: new Int32Array(shape.experts).fill(-1),
    fixedNoise: new Float64Array(shape.experts),
    jacobian: matrix(entries.length, size),
    toNumbers(at) {
      const numbers = layout.atRest.slice();
      functionsToNumbers(free, at, numbers);
      covariances.forEach(({ shift, factor }, s) => {
        numbers[firstCovariance + s] = factor * at[functionsSize + s]! + shift;
      });
      return numbers;
    },
    fromNumbers(numbers) {
      const at = new Float64Array(size);
      functionsFromNumbers(free, numbers, at);
      covariances.forEach(({ shift, factor }, s) => {
        at[functionsSize + s] = (numbers[firstCovariance + s]! - shift) / factor;
      });
      return at;
    },
  };
  fillJacobian(coordinates, entries.length);
  return coordinates;
}
