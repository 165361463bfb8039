import {
  covarianceOf,
  gaussian,
  innovationsOf,
  type MeasureShape,
  type MixingMeasure,
} from '@tfjs-moe/measures';
import { type Entry, type Layout, layoutOf } from '../layout.ts';

/**
 * The numbers of a model with several Gaussian responses: those of gate and experts, then of every covariance the
 * `Innovations`, any numbers of which are a covariance.
 * @param fixed where numbers that are not estimated come from
 * @param names of the responses
 * @param copies how many covariances there are, 1 or one per expert
 */
export function severalLayout(
  shape: MeasureShape,
  fixed: Omit<MixingMeasure, keyof MeasureShape>,
  names: readonly string[],
  copies: number,
): Layout {
  const none = { each: [], copies: 0, of: new Int32Array(shape.experts).fill(-1) };
  const base = layoutOf(shape, fixed, none);
  const first = base.entries.length;
  const labels = [
    ...names.map((name) => ({ parameter: 'sigma', name: `sigma ${name}` })),
    ...names.flatMap((name, j) =>
      names.slice(0, j).map((other) => ({ parameter: 'correlation', name: `correlation ${other} ${name}` })),
    ),
  ];
  const own = Array.from({ length: copies }, (_, copy) =>
    labels.map(({ parameter, name }, index): Entry => {
      return { part: 'noise', name: parameter, label: name, copy, copies, index };
    }),
  ).flat();
  const entries = [...base.entries, ...own];
  const size = labels.length;
  return {
    ...base,
    entries,
    firstNoise: entries.length,
    atRest: Float64Array.from([...base.atRest, ...own.map(() => 0)]),
    numbersOf(measure) {
      const { covariances = [] } = measure;
      const numbers = Array.from({ length: copies }, (_, copy) => {
        const known = covariances[copy] ?? covariances[0];
        const { logDeviations, slopes } = (known && innovationsOf(known)) ?? {
          logDeviations: names.map(() => 0),
          slopes: new Array<number>(size - names.length).fill(0),
        };
        return [...logDeviations, ...slopes];
      });
      return Float64Array.from([...base.numbersOf(measure), ...numbers.flat()]);
    },
    measureAt(numbers) {
      const all = Array.from(numbers);
      const covariances = Array.from({ length: copies }, (_, copy) => {
        const from = first + copy * size;
        return covarianceOf({
          logDeviations: all.slice(from, from + names.length),
          slopes: all.slice(from + names.length, from + size),
        });
      });
      return { ...base.measureAt(all.slice(0, first)), family: gaussian(), covariances };
    },
  };
}
