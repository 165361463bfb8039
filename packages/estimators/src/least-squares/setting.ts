import { canonical, type MeasureShape, type MixingMeasure } from '@tfjs-moe/measures';
import { measureOf, numbersOf } from '@tfjs-moe/measures/tape';
import { intoBox, type ParameterSpace, parameterSpace } from '../optimise/parameter-space.ts';
import type { Columns } from '../sample.ts';
import { inUnits, isFarFromStandard, type StandardUnits, standardUnits } from '../units/standard-units.ts';
import { type FitData, fitData, scalesOf, subsample } from './data.ts';
import { type CheckedOptions, WHO } from './options.ts';
import { drawnStart } from './starts.ts';

/** What a search is made in. */
export interface Setting {
  readonly options: CheckedOptions;
  readonly shape: MeasureShape;
  readonly space: ParameterSpace;
  /** All rows, in units where the data as they were given are far from standard. */
  readonly data: FitData;
  /** The rows of the first stages. */
  readonly sample: FitData;
  readonly units: StandardUnits | undefined;
  /** Of the response's scale. */
  readonly square: number;
  /** Sum of squares of residuals that are rounding errors of the response. */
  readonly negligible: number;
  /** Where the runs start. */
  readonly starts: readonly Float64Array[];
}

export function settingOf(options: CheckedOptions): Setting {
  const { shape, columns, seed, bounds } = options;
  // Bounds are on the numbers as they are.
  const units =
    bounds === undefined && isFarFromStandard(columns)
      ? standardUnits(shape, columns, { isNumber: true, shared: true, asLayer: true })
      : undefined;
  const square = (units?.response.scale ?? 1) ** 2;
  const data = fitData(units === undefined ? columns : inStandardUnits(columns, units));
  const scales = scalesOf(data);
  const space = parameterSpace(WHO, shape, scales, bounds);
  const sample = subsample(data, Math.max(4000, 40 * space.free.length), seed);
  const inside = (measure: MixingMeasure) => intoBox(numbersOf(canonical(measure)), space);
  return {
    options,
    shape,
    space,
    data,
    sample,
    units,
    square,
    negligible:
      (1e-29 / square) * columns.response.reduce((sum, y, i) => sum + columns.weights[i]! * y * y, 0),
    starts: [
      ...options.initial.map((measure) => inside(units?.fromData(measure) ?? measure)),
      ...Array.from({ length: options.starts }, (_, index) =>
        inside(measureOf(shape, drawnStart(shape, space, sample, scales, seed, index))),
      ),
    ],
  };
}

function inStandardUnits(columns: Columns, { gate, response: { centre, scale } }: StandardUnits): Columns {
  return {
    ...columns,
    inputs: inUnits(columns.inputs, gate),
    response: columns.response.map((y) => (y - centre) / scale),
  };
}
