import type { GateOps } from '@tfjs-moe/core';
import type { Grid } from '@tfjs-moe/numerics';

/**
 * The same operations for a gate of which it was read that its weights rest on no comparison: all that is selected are all
 * experts, in some order, and numbers are compared with bounds that they always exceed. So it needs no order of numbers,
 * which formal arithmetic has not.
 */
export function denseOps<J>(ops: GateOps<Grid<J>>, groups = 1): GateOps<Grid<J>> {
  const bounds = new WeakSet<Grid<J>>();
  const exceeds = (a: Grid<J>) => ops.constant(bounds.has(a) ? 0 : 1);
  return {
    ...ops,
    constant(value) {
      const bound = ops.constant(value);
      bounds.add(bound);
      return bound;
    },
    greater: exceeds,
    greaterOrEqual: exceeds,
    topK({ experts }, k) {
      const [zero, one] = [ops.constant(0).entries[0]!, ops.constant(1).entries[0]!];
      return Array.from({ length: k }, (_, rank) => ({
        ...{ experts, rows: 1, features: 1 },
        entries: Array.from({ length: experts }, (__, e) => (e % (experts / groups) === rank ? one : zero)),
      }));
    },
    within: (inner) => denseOps(ops.within(inner), groups * inner),
  };
}
