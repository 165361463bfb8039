import { MoeError, paramSize } from '@tfjs-moe/core';
import { type MeasureShape, measureSpecs } from '@tfjs-moe/measures';

/** Curvatures are of every pair of parameters: 800 MB. */
const MOST_PARAMETERS = 10_000;

/**
 * Refuses a model that no estimator here could hold, before anything of its size is made.
 * @throws MoeError that says how many parameters there would be
 */
export function expectEstimable(who: string, shape: MeasureShape): void {
  const { gate, expert } = measureSpecs(shape);
  const count = [...Object.values(gate), ...Object.values(expert)].reduce(
    (sum, spec) => sum + spec.copies * paramSize(spec),
    0,
  );
  if (count <= MOST_PARAMETERS) return;
  const { experts, inputDim, units = 1 } = shape;
  const of = `${experts} experts, ${inputDim} inputs${units > 1 ? `, ${units} classes` : ''}`;
  throw new MoeError(
    who,
    `a model must have at most ${MOST_PARAMETERS} parameters; this one, of ${of}, has more`,
    count,
  );
}
