import { columnsOf, type Ring } from '@tfjs-moe/numerics';
import { type DoubleBall, doubleBallOf, doubleBalls } from '@tfjs-moe/numerics/precise';
import type { Support } from '../verdict/support.ts';

/** What is needed of a family of functions to look at its kinks. */
interface Supported {
  readonly inputDim: number;
  readonly support?: Support | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: lists of values, or parts of them by name
  evaluate<S>(ring: Ring<S>, x: readonly S[]): any;
}

/** On which side of a kink a support lies. */
type Side = 'on' | 'off' | 'both';

/** As wide as a number can be that nothing bounds, without overflow at once. */
const ANYTHING = 1e150;

/**
 * A family on its support: the n-th ReLU whose argument has one sign at every point of the support, as enclosures show, is its
 * argument or 0. So relations that hold there are proved there, and a kink that no input meets is none.
 */
export function onSupport<F extends Supported>(family: F): F {
  const sides = kinkSides(family);
  if (!sides.some((side) => side !== 'both')) return family;
  return { ...family, evaluate: (ring, x) => family.evaluate(withSides(ring, sides), x) };
}

/** How many kinks a family has on its support, and how many of them are met from one side alone. */
export function kinksOnSupport(family: Supported): { readonly all: number; readonly oneSided: number } {
  const sides = kinkSides(family);
  return { all: sides.length, oneSided: sides.filter((side) => side !== 'both').length };
}

/** Of every ReLU, in the order of evaluation. */
function kinkSides(family: Supported): Side[] {
  const { inputDim, support } = family;
  if (support === undefined) return [];
  const sides: Side[] = [];
  const watched: Ring<DoubleBall> = {
    ...doubleBalls,
    derivatives(name, a, order) {
      if (name === 'relu') sides.push(sideOf(a));
      return doubleBalls.derivatives(name, a, order);
    },
  };
  const known = enclosed(support);
  const others = Array.from({ length: inputDim - known.length }, () => interval(0, ANYTHING));
  try {
    family.evaluate(watched, [...known, ...others]);
  } catch {
    // Kinks after a failure are taken as met from both sides.
  }
  return sides;
}

/** All points of a support at once. */
function enclosed(support: Support): DoubleBall[] {
  if ('rows' in support) return columnsOf(support.rows).map(doubleBallOf);
  return support.box.map((side) => {
    if (side === undefined) return interval(0, ANYTHING);
    const middle = (side[0] + side[1]) / 2;
    return interval(middle, Math.max(side[1] - middle, middle - side[0]) * (1 + 1e-15));
  });
}

const interval = (middle: number, radius: number): DoubleBall => ({
  high: Float64Array.of(middle),
  low: Float64Array.of(0),
  rad: Float64Array.of(radius),
});

function sideOf({ high, low, rad }: DoubleBall): Side {
  const at = (values: Float64Array, i: number) => values[values.length === 1 ? 0 : i]!;
  const count = Math.max(high.length, rad.length);
  let [above, below] = [true, true];
  for (let i = 0; i < count; i++) {
    const margin = (at(rad, i) + Math.abs(at(low, i))) * (1 + 1e-15);
    // NaN is neither.
    if (!(at(high, i) > margin)) above = false;
    if (!(at(high, i) < -margin)) below = false;
  }
  return above ? 'on' : below ? 'off' : 'both';
}

function withSides<S>(ring: Ring<S>, sides: readonly Side[]): Ring<S> {
  let next = 0;
  const [zero, one] = [ring.constant(0), ring.constant(1)];
  return {
    ...ring,
    derivatives(name, a, order) {
      const side = name === 'relu' ? sides[next++] : undefined;
      if (side === 'on') return [a, one, zero].slice(0, order + 1);
      if (side === 'off') return [zero, zero, zero].slice(0, order + 1);
      return ring.derivatives(name, a, order);
    },
  };
}
