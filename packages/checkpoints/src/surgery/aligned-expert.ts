import { assignment } from './assignment.ts';
import { unitAxes, withUnits } from './hidden-units.ts';
import type { Parts } from './operated.ts';

/** The parameters of one expert, by name. */
export type OneExpert = Readonly<Record<string, Float32Array>>;

/** An expert whose hidden units are in the order in which they are most like those of another. */
export function alignedTo(
  dominant: OneExpert,
  other: OneExpert,
  { expert, features, units }: Pick<Parts, 'expert' | 'features' | 'units'>,
): OneExpert {
  const params = expert.params(features, units);
  let result: OneExpert = other;
  for (const layer of expert.traits?.units ?? []) {
    if (layer.outgoing.length === 0) continue;
    const { incoming, outgoing } = unitAxes(layer, params);
    const axes = [...incoming, ...outgoing];
    const n = axes[0]!.units;
    const costs = Array.from({ length: n }, () => new Float64Array(n));
    for (const { name, outer, inner } of axes)
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) {
          let dot = 0;
          for (let o = 0; o < outer; o++)
            for (let i = 0; i < inner; i++)
              dot += dominant[name]![(o * n + a) * inner + i]! * result[name]![(o * n + b) * inner + i]!;
          costs[a]![b]! -= dot;
        }
    const order = assignment(costs);
    result = {
      ...result,
      ...Object.fromEntries(axes.map((axis) => [axis.name, withUnits(result[axis.name]!, axis, order)])),
    };
  }
  return result;
}
