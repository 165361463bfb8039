import { type GateForm, mapNames, type Numbers, type ParamSpecs, paramSize } from '@tfjs-moe/core';
import { familiesInOrder } from '../family/per-expert.ts';
import { type FormFreedom, freedomsOf } from '../gauge/freedoms.ts';
import { type Gauge, gateGauge, inGauge } from '../gauge/gate-gauge.ts';
import { levelsOf, routerName } from '../gauge/levels.ts';
import { isInside, rescaled, type ScaleGauge } from '../gauge/scale-gauges.ts';
import type { Editable } from '../measure/editable.ts';
import { expectMeasure, type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { expertTraits, gateTraits, routerTraits } from '../reading/traits-of.ts';
import { canonicalUnits } from './canonical-units.ts';
import { arrange, permuteCopies } from './order.ts';

/**
 * The canonical form of a mixing measure: one representative of all parameters that give the same function $f_G$.
 *
 * 1. Scale: under a learned temperature over a homogeneous router, only $(\beta_1, \beta_0) / \tau$ matters; $\tau$ becomes
 *    what the gate starts with.
 * 2. Scale, signs and order of hidden units inside every expert and every router, where their activation has the symmetry.
 * 3. Order of atoms: ascending by gate bias $\beta_0$, ties by the numbers of the expert, then by those of the router. Of a
 *    hierarchical gate, groups are ordered likewise, and atoms inside their group. So the last atom has the largest bias.
 * 4. Gauge: a softmax does not see what all its logits have in common; the last atom's bias becomes 0, with a linear
 *    router its $\beta_1$ too, and with a Euclidean one its centre.
 *
 * Which of these a gate and an expert have follows from what they say of themselves, or from their formulas. Of a gate
 * whose form is unknown, only the gauge is taken out that it declares, or that of the form of which it sees as much.
 *
 * $f_G$ stays the same up to rounding. Fits with equal functions get equal numbers, as far as these symmetries go: a model
 * that is not identifiable has more of them (`@tfjs-moe/theory`).
 *
 * Source: `theory.md` of this project, K4, K6 and K7; the gauge is that of Nguyen, Ho and Rinaldo (2025),
 * arXiv:2503.03213, section 2.
 */
export function canonical(measure: MixingMeasure): MixingMeasure {
  const { gate, expert, experts, inputDim } = expectMeasure('canonical', 'measure', measure);
  const specs = measureSpecs(measure);
  const { form } = gateTraits(gate, experts);
  const gauge = gateGauge(gate, inputDim, experts);
  const gateParams: Editable = editable(gaugedFirst(gauge, form, specs.gate, measure.gateParams, experts));
  const expertParams: Editable = editable(measure.expertParams);
  for (const { form: level } of form === undefined ? [] : levelsOf(form, experts)) {
    const { units = [] } = routerTraits(level.router);
    canonicalUnits(units, specs.gate, gateParams, (name) => routerName(level, name));
  }
  canonicalUnits(expertTraits(expert).units ?? [], specs.expert, expertParams);
  const keys = atomNumbersOf(expertParams, Object.keys(specs.expert), experts);
  const sources =
    form === undefined
      ? keys.map((_, e) => e)
      : arrange({ inputDim, specs: specs.gate, numbers: gateParams }, form, experts, keys);
  for (const [name, spec] of Object.entries(specs.expert)) {
    if (!spec.shared) expertParams[name] = permuteCopies(expertParams[name]!, sources);
  }
  const { dispersions, covariances, family } = measure;
  return {
    ...measure,
    ...(family?.families !== undefined && { family: familiesInOrder(family, sources) }),
    gateParams: inGauge(gauge, specs.gate, gateParams),
    expertParams,
    ...(dispersions?.length === experts && {
      dispersions: permuteCopies(dispersions, sources),
    }),
    ...(covariances?.length === experts && {
      covariances: sources.map((source) => covariances[source]!),
    }),
  };
}

function editable(numbers: Numbers): Editable {
  return mapNames(numbers, (values) => [...values]);
}

/** Scales taken out, and shifts that biases make up for, before the biases decide the order. */
function gaugedFirst(
  { scales }: Gauge,
  form: GateForm | undefined,
  specs: ParamSpecs,
  numbers: Numbers,
  experts: number,
): Numbers {
  const unscaled = scales.reduce((some, scale) => atInitial(scale, specs, some), numbers);
  const freedoms = form === undefined ? [] : freedomsOf(form, specs, experts);
  return freedoms
    .filter(({ hasOffset }) => hasOffset)
    .reduce((some, freedom) => centred(specs, some, freedom), unscaled);
}

/** With the temperature that a gate starts with, where that leaves no box. */
function atInitial(scale: ScaleGauge, specs: ParamSpecs, numbers: Numbers): Numbers {
  const { temperature, copy, initial } = scale;
  const values = numbers[temperature]!;
  const moved = {
    ...rescaled(scale, specs, numbers, initial / values[copy]!),
    [temperature]: values.map((value, i) => (i === copy ? initial : value)),
  };
  return isInside(specs, moved) || !isInside(specs, numbers) ? moved : numbers;
}

/** Moved so that the mean of its copies is 0, whatever their order. */
function centred(specs: ParamSpecs, numbers: Numbers, { fixed: [fixed], moved, move }: FormFreedom): Numbers {
  const { name } = fixed!;
  const size = paramSize(specs[name]!);
  const own = numbers[name]!.slice(moved.first * size, (moved.first + moved.count) * size);
  const minusMean = Array.from({ length: size }, (_, i) =>
    own.reduce((sum, value, at) => (at % size === i ? sum - value / moved.count : sum), 0),
  );
  return move(numbers, minusMean);
}

/** All numbers of every atom's expert. */
function atomNumbersOf(numbers: Editable, names: readonly string[], experts: number): number[][] {
  return Array.from({ length: experts }, (_, e) =>
    names.flatMap((name) => {
      const all = numbers[name]!;
      const size = all.length / experts;
      return Number.isInteger(size) ? all.slice(e * size, (e + 1) * size) : [];
    }),
  );
}
