import { mapNames } from '@tfjs-moe/core';
import { removeGauge, removeScale } from '../gauge/gauge.ts';
import type { Editable } from '../measure/editable.ts';
import { type MixingMeasure, measureSpecs, mixingMeasure } from '../measure/mixing-measure.ts';
import { canonicalExperts } from './canonical-experts.ts';
import { arrange, permuteCopies } from './order.ts';

/**
 * The canonical form of a mixing measure: one representative of all parameters that give the same function $f_G$.
 *
 * 1. Scale: under a learned temperature over a homogeneous router, only $(\beta_1, \beta_0) / \tau$ matters; $\tau$ becomes
 *    what the gate starts with.
 * 2. Signs and order of hidden units inside every expert, where its activation has the symmetry.
 * 3. Order of atoms: ascending by gate bias $\beta_0$, ties by the numbers of the expert, then by those of the router. Of a
 *    hierarchical gate, groups are ordered likewise, and atoms inside their group. So the last atom has the largest bias.
 * 4. Gauge: a softmax does not see what all its logits have in common; the last atom's bias becomes 0, and with a linear
 *    router its $\beta_1$ too.
 *
 * $f_G$ stays the same up to rounding. Fits with equal functions get equal numbers, as far as these symmetries go: a model
 * that is not identifiable has more of them (`@tfjs-moe/theory`).
 *
 * Source: `theory.md` of this project, K4, K6 and K7; the gauge is that of Nguyen, Ho and Rinaldo (2025),
 * arXiv:2503.03213, section 2.
 */
export function canonical(measure: MixingMeasure): MixingMeasure {
  const { gate, expert, experts } = mixingMeasure(measure);
  const specs = measureSpecs(measure);
  const copy = (numbers: readonly number[]) => [...numbers];
  const gateParams: Editable = mapNames(measure.gateParams, copy);
  const expertParams: Editable = mapNames(measure.expertParams, copy);
  removeScale(gate.config, gateParams);
  canonicalExperts(expert.config, specs.expert, expertParams);
  const keys = atomNumbersOf(expertParams, Object.keys(specs.expert), experts);
  const sources = arrange({ specs: specs.gate, numbers: gateParams }, gate.config, experts, keys);
  for (const [name, spec] of Object.entries(specs.expert)) {
    if (!spec.shared) expertParams[name] = permuteCopies(expertParams[name] as number[], sources);
  }
  removeGauge(gate.config, experts, specs.gate, gateParams);
  const { standardDeviations } = measure;
  return {
    ...measure,
    gateParams,
    expertParams,
    ...(standardDeviations?.length === experts && {
      standardDeviations: permuteCopies(standardDeviations, sources),
    }),
  };
}

/** All numbers of every atom's expert. */
function atomNumbersOf(numbers: Editable, names: readonly string[], experts: number): number[][] {
  return Array.from({ length: experts }, (_, e) =>
    names.flatMap((name) => {
      const all = numbers[name] as number[];
      const size = all.length / experts;
      return Number.isInteger(size) ? all.slice(e * size, (e + 1) * size) : [];
    }),
  );
}
