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
  /** Of the dispersion of each expert. */
  dispersionBounds(units: ResponseUnits): readonly DispersionBounds[];
}

const NO_UNITS: ResponseUnits = { centre: 0, scale: 1 };

const NO_BOUNDS: DispersionBounds = { low: -Infinity, high: Infinity };

/**
 * @param minVariance smallest variance as a part of that of the response
 * @param experts how many there are
 * @param classes of a class
 */
export function responseOf(
  who: string,
  data: Columns,
  family: Family,
  {
    minVariance,
    classes,
    experts,
  }: { readonly minVariance: number; readonly classes: number; readonly experts: number },
): Response {
  const { isLocationScale = false } = family;
  const onScale = withoutOffset(data, family.onLinkScale(data));
  const observed = isLocationScale ? { ...data, response: onScale } : data;
  const bounds = (family.families ?? [family]).map(({ dispersion, spreadOf }) => {
    const spread = spreadOf?.(who, observed) ?? 1;
    return dispersion && { ends: dispersion.bounds(spread, minVariance), degenerate: dispersion.degenerate };
  });
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
    dispersionBounds: ({ scale }) =>
      Array.from({ length: experts }, (_, e) => {
        const own = bounds[Math.min(e, bounds.length - 1)];
        if (own === undefined) return NO_BOUNDS;
        const [low, high] = own.ends.map((end) => Math.log(end) - Math.log(scale)) as [number, number];
        return { low, high, degenerate: own.degenerate };
      }),
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
    evaluate(outputs, block, logDispersion, into, derivatives, expert) {
      const { first, rows } = block;
      if (room.length < rows) room = new Float64Array(rows);
      const value = outputs[0]!.value;
      for (let i = 0; i < rows; i++)
        room[i] = value[i]! + centre + (offset === undefined ? 0 : offset[first + i]!);
      const moved: OutputColumns = [{ value: room }];
      law.evaluate(moved, block, logDispersion, into, derivatives, expert);
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
