import { assertFinite } from '@tfjs-moe/core/testing';
import { matrixOf, singularValues } from '@tfjs-moe/numerics';
import { type MixingMeasure, measureParts } from '../measure/mixing-measure.ts';
import { mixtureTape, numbersOf } from '../tape/mixture.ts';
import { compile } from '../tape/program.ts';

/** Of the largest singular value: below it a direction is not seen. */
const UNSEEN = 1e-9;
/** Until neighbours in float64 are left. */
const HALVINGS = 80;
/** Boundary points of two experts, at most. */
const POINTS = 100;

/**
 * In how many directions of a gate's numbers the borders between its experts move: all that can be told apart of a gate that
 * sends every row to one expert, whose weight is 1. Borders are found by halving between rows; on them the probabilities of two
 * experts are equal, so that what scales all scores, or shifts them together, moves nothing.
 * @param places indices of the gate's numbers
 * @returns nothing where rows do not go to the expert of the largest probability
 */
export function selectionRank(
  measure: MixingMeasure,
  places: readonly number[],
  rows: readonly (readonly number[])[],
): number | undefined {
  const { tape, probabilities } = mixtureTape(measure);
  const { experts, inputDim } = measure;
  const columnsOf = (points: readonly (readonly number[])[]) =>
    Array.from({ length: inputDim }, (_, d) => Float64Array.from(points, (point) => point[d]!));
  const numbers = numbersOf(measure);
  const valuesOf = (node: number) => {
    const options = { differentiate: node, parameters: places, block: rows.length };
    const program = compile(tape, [node], options);
    program.setParameters(numbers);
    const at = (points: readonly (readonly number[])[]) => {
      program.run(columnsOf(points), 0, points.length);
      return program.value(0).slice(0, points.length);
    };
    return { program, at };
  };
  const table = probabilities.map((node) => valuesOf(node).at(rows));
  const { weights } = measureParts(measure, rows);
  const isFirst = rows.every((_, t) => {
    const own = table.map((column) => column[t]!);
    return weights[t * experts + own.indexOf(Math.max(...own))]! > 0;
  });
  if (!isFirst) return undefined;
  const moved: number[][] = [];
  for (let i = 0; i < experts; i++)
    for (let j = i + 1; j < experts; j++) {
      const { program, at } = valuesOf(tape.algebra.sub(probabilities[i]!, probabilities[j]!));
      const signs = at(rows);
      const [above, below] = [rows.filter((_, t) => signs[t]! > 0), rows.filter((_, t) => signs[t]! < 0)];
      let ends = above.slice(0, Math.min(POINTS, below.length)).map((high, k) => ({ high, low: below[k]! }));
      if (ends.length === 0) continue;
      const middles = () => ends.map(({ high, low }) => high.map((value, d) => (value + low[d]!) / 2));
      for (let round = 0; round < HALVINGS; round++) {
        const points = middles();
        const found = at(points);
        ends = ends.map(({ high, low }, k) =>
          found[k]! > 0 ? { high: points[k]!, low } : { high, low: points[k]! },
        );
      }
      at(middles());
      const slopes = places.map((place) => program.derivative(place) ?? new Float64Array(ends.length));
      ends.forEach((_, k) => {
        const own = slopes.map((column) => column[k]!);
        assertFinite(own, 'derivatives');
        const length = Math.hypot(...own) || 1;
        moved.push(own.map((value) => value / length));
      });
    }
  if (moved.length === 0) return 0;
  const { values } = singularValues(matrixOf(places.map((_, j) => moved.map((row) => row[j]!))));
  return values.filter((value) => value > UNSEEN * values[0]!).length;
}
