import { firstDerivative, type Jet, packedSize, secondDerivative } from '../jets/jet.ts';
import type { Ring } from '../ring/ring.ts';

/**
 * A finite list of functions of x, written once over any ring: what linear independence is asked of.
 */
export interface FunctionFamily {
  readonly inputDim: number;
  /** The functions at one point, in an order that does not depend on the point. */
  evaluate<S>(ring: Ring<S>, x: readonly S[]): readonly S[];
}

/**
 * A jet as a list: value, first derivatives in parameters `from` to `to - 1`, and, where asked for, second derivatives,
 * the lower triangle row by row.
 */
export function derivativeList<S>(ring: Ring<S>, jet: Jet<S>, from: number, to: number, second = true): S[] {
  const list = [jet.value];
  for (let i = from; i < to; i++) list.push(firstDerivative(ring, jet, i));
  if (!second) return list;
  for (let i = from; i < to; i++)
    for (let j = from; j <= i; j++) list.push(secondDerivative(ring, jet, i, j));
  return list;
}

/** Labels of a `derivativeList`: `F`, `d_a F`, `d_a d_b F`. */
export function derivativeLabels(of: string, parameters: readonly string[], second = true): string[] {
  const first = parameters.map((name) => `d_${name} ${of}`);
  if (!second) return [of, ...first];
  const twice: string[] = new Array(packedSize(parameters.length));
  let next = 0;
  parameters.forEach((a, i) => {
    for (const b of parameters.slice(0, i + 1)) twice[next++] = `d_${b} d_${a} ${of}`;
  });
  return [of, ...first, ...twice];
}
