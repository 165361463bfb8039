import type { Columns } from '../../sample.ts';
import { inUnits, standardUnits } from '../../units/standard-units.ts';
import { inOtherUnits, plainCoordinates } from './coordinates.ts';
import type { LogWeightsFrom } from './evaluate-definition.ts';
import { jetsSource } from './jets-source.ts';
import type { Layout } from './layout.ts';
import type { Problem } from './problem.ts';
import type { Response } from './response.ts';
import { selectionOf } from './selection.ts';

/**
 * The general case: any gate and expert with a definition over Ops, by jets, in standard units.
 * @param held numbers that are not free, besides those that the layout holds
 */
export function generalProblem(
  layout: Layout,
  data: Columns,
  response: Response,
  held: ReadonlySet<number>,
  from: LogWeightsFrom,
): Problem {
  const { shape } = layout;
  const { places, ...plain } = plainCoordinates(layout, held);
  const standard = standardUnits(shape, data, { isNumber: response.isLocationScale });
  const coordinates = inOtherUnits(
    plain,
    (numbers) => layout.numbersOf(standard.toData(layout.measureAt(numbers))),
    (numbers) => layout.numbersOf(standard.fromData(layout.measureAt(numbers))),
  );
  const isAllowed = withinBounds(layout);
  return {
    layout,
    data,
    coordinates,
    source: jetsSource({
      layout,
      inputs: {
        gate: inUnits(data.inputs, standard.gate),
        expert: inUnits(data.inputs, standard.expert),
      },
      groups: data.groups,
      units: shape.units ?? 1,
      places,
      toNumbers: plain.toNumbers,
      from,
    }),
    aliased: [],
    family: response.family,
    law: response.law(standard.response),
    onOutputScale: response.onOutputScale(standard.response),
    logScale: response.logScale(standard.response),
    dispersionBounds: response.dispersionBounds(standard.response),
    isLeastSquares: false,
    unitLogits: 0,
    selection: selectionOf(layout, data, coordinates),
    fromStandard: (measure) => plain.fromNumbers(layout.numbersOf(measure)),
    isAllowed: (at) => at.every((value) => Number.isFinite(value)) && isAllowed(plain.toNumbers(at)),
  };
}

/** Whether all numbers of a layout obey the constraints of their parameters. */
function withinBounds({ entries }: Layout): (numbers: Float64Array) => boolean {
  const bounds = entries.flatMap(({ spec }, i) => {
    const { min = -Infinity, max = Infinity } = spec?.constraint ?? {};
    return spec?.constraint === undefined ? [] : [{ i, min, max }];
  });
  return (numbers) => bounds.every(({ i, min, max }) => numbers[i]! >= min && numbers[i]! <= max);
}
