import { matrix } from '@tfjs-moe/numerics';
import type { AffineFunctions } from '../affine/affine-coordinates.ts';
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
  { logits, outputs, gateSize, size: functionsSize }: AffineFunctions,
  units: readonly ResponseUnits[],
  one: Float64Array | undefined,
): Coordinates {
  const { entries, shape } = layout;
  const q = units.length;
  const firstCovariance = entries.findIndex(({ part }) => part === 'noise');
  const size = functionsSize + entries.length - firstCovariance;
  const free = [
    ...logits.map((of) => ({ ...of, unit: 1, shift: undefined })),
    ...outputs.map((of, place) => {
      const { centre, scale } = units[place % q]!;
      return { ...of, unit: scale, shift: one?.map((value) => (value * centre) / scale) };
    }),
  ].flatMap(({ start, ...of }) => (start === undefined ? [] : [{ start, ...of }]));
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
      for (const { numbers: places, basis, start, unit, shift } of free) {
        const own = Float64Array.from(basis.columns, (_, j) => at[start + j]! + (shift?.[j] ?? 0));
        basis.solve(own).forEach((value, j) => {
          numbers[places[basis.kept[j]!]!] = unit * value;
        });
      }
      covariances.forEach(({ shift, factor }, s) => {
        numbers[firstCovariance + s] = factor * at[functionsSize + s]! + shift;
      });
      return numbers;
    },
    fromNumbers(numbers) {
      const at = new Float64Array(size);
      for (const { numbers: places, basis, start, unit, shift } of free) {
        const own = basis.kept.map((j) => numbers[places[j]!]! / unit);
        basis.multiply(own).forEach((value, j) => {
          at[start + j] = value - (shift?.[j] ?? 0);
        });
      }
      covariances.forEach(({ shift, factor }, s) => {
        at[functionsSize + s] = (numbers[firstCovariance + s]! - shift) / factor;
      });
      return at;
    },
  };
  fillJacobian(coordinates, entries.length);
  return coordinates;
}
