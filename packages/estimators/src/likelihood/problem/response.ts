import type { Family, LawColumns, OutputColumns } from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import type { DispersionBounds } from './problem.ts';

/** What is subtracted from a response, and what it is then divided by. */
export interface ResponseUnits {
  readonly centre: number;
  readonly scale: number;
}

/** The response of a sample under a family, in units that the optimiser finds convenient. */
export interface Response {
  readonly family: Family;
  /** Whether its units may change with those of the outputs: of numbers, whose law depends on a distance alone. */
  readonly isLocationScale: boolean;
  /** Whether a step of weighted least squares is exact. */
  readonly isLeastSquares: boolean;
  /**
   * Units in which outputs begin near 0.
   * @param hasIntercept whether the outputs can take up a centre
   */
  units(hasIntercept: boolean): ResponseUnits;
  /** The response on the scale of outputs, offset taken off, in such units. */
  onOutputScale(units: ResponseUnits): Float64Array;
  law(units: ResponseUnits): LawColumns;
  /** What the logarithms of the densities of all rows, weighted, lack for the units. */
  logScale(units: ResponseUnits): number;
  dispersionBounds(units: ResponseUnits): DispersionBounds;
}

const NO_UNITS: ResponseUnits = { centre: 0, scale: 1 };

const NO_BOUNDS: DispersionBounds = { low: -Infinity, high: Infinity };

/**
 * @param minVariance smallest variance as a part of that of the response
 * @param classes of a class
 */
export function responseOf(
  who: string,
  data: Columns,
  family: Family,
  { minVariance, classes }: { readonly minVariance: number; readonly classes: number },
): Response {
  const { dispersion, isLocationScale = false } = family;
  const onScale = withoutOffset(data, family.onLinkScale(data));
  const spread = family.spreadOf?.(who, isLocationScale ? { ...data, response: onScale } : data) ?? 1;
  return {
    family,
    isLocationScale,
    isLeastSquares: family.isLeastSquares ?? false,
    units(hasIntercept) {
      if (family.isClass === true) return NO_UNITS;
      const moments = momentsOf(onScale, data, hasIntercept);
      return isLocationScale ? moments : { centre: moments.centre, scale: 1 };
    },
    onOutputScale: ({ centre, scale }) => onScale.map((value) => (value - centre) / scale),
    law({ centre, scale }) {
      if (isLocationScale) {
        return family.columns({ ...data, response: onScale.map((value) => (value - centre) / scale) });
      }
      return shifted(family.columns(data, classes), centre, data.offset);
    },
    logScale: ({ scale }) => -data.totalWeight * Math.log(scale),
    dispersionBounds({ scale }) {
      if (dispersion === undefined) return NO_BOUNDS;
      const [low, high] = dispersion.bounds(spread, minVariance);
      return {
        low: Math.log(low) - Math.log(scale),
        high: Math.log(high) - Math.log(scale),
        degenerate: dispersion.degenerate,
      };
    },
  };
}

function withoutOffset({ offset }: Columns, values: Float64Array): Float64Array {
  return offset === undefined ? values : values.map((value, i) => value - offset[i]!);
}

/** A law whose outputs lack a number, and an offset of their row. */
function shifted(law: LawColumns, centre: number, offset: Float64Array | undefined): LawColumns {
  if (centre === 0 && offset === undefined) return law;
  let room = new Float64Array(0);
  return {
    ...law,
    evaluate(outputs, block, logDispersion, into, derivatives) {
      const { first, rows } = block;
      if (room.length < rows) room = new Float64Array(rows);
      const value = outputs[0]!.value;
      for (let i = 0; i < rows; i++)
        room[i] = value[i]! + centre + (offset === undefined ? 0 : offset[first + i]!);
      const moved: OutputColumns = [{ value: room }];
      law.evaluate(moved, block, logDispersion, into, derivatives);
    },
  };
}

/** Mean and standard deviation; without an intercept to take it up, no mean. */
function momentsOf(
  values: Float64Array,
  { weights, totalWeight }: Columns,
  hasIntercept: boolean,
): ResponseUnits {
  let sum = 0;
  values.forEach((y, i) => {
    sum += weights[i]! * y;
  });
  const centre = hasIntercept ? sum / totalWeight : 0;
  let square = 0;
  values.forEach((y, i) => {
    square += weights[i]! * (y - centre) * (y - centre);
  });
  return { centre, scale: Math.sqrt(square / totalWeight) || 1 };
}
