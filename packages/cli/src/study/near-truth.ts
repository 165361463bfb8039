/**
 * Starts near the truth, as the papers' simulations take them: fitted atoms are dealt to true ones, none left out, and
 * moved a little.
 *
 * Studies ask how good the estimator is, not whether an optimiser finds it; this start takes the second question away as
 * far as it can. Atoms that share a true one share its weight.
 */
import {
  type GateParamSpec,
  mapNames,
  type Numbers,
  paramSize,
  type Runs,
  runCount,
  runSizes,
  type Stream,
} from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';

/** The measure of the fitted family that a fit starts from. */
export function nearTruth(
  truth: MixingMeasure,
  shape: MeasureShape,
  spread: number,
  random: Stream,
): MixingMeasure {
  const sources = dealt(...groupsOf(truth, shape), random);
  const sharers = sources.map((source) => sources.filter((other) => other === source).length);
  const specs = measureSpecs(shape);
  const moved = (of: Numbers, name: string, spec: GateParamSpec) =>
    startNumbers(of[name], name, spec, sources, truth.experts).map((value) =>
      within(value + spread * random.normal(), spec),
    );
  const tau = truth.gateParams.temperature?.[0] ?? 1;
  const gateParams = mapNames(specs.gate, (spec, name) => {
    const numbers = moved(truth.gateParams, name, spec);
    const isAtomBias = /(^|\/)bias$/.test(name) && spec.copies === shape.experts && paramSize(spec) === 1;
    if (!isAtomBias) return numbers;
    return numbers.map((value, e) => {
      const count = sharers[e]!;
      // Sigmoid weights add up where their scores are the biases: s(b') = s(b) / m.
      if (shape.gate.kind === 'sigmoid') return -Math.log(count * (1 + Math.exp(-value)) - 1);
      return value - tau * Math.log(count);
    });
  });
  const expertParams = mapNames(specs.expert, (spec, name) => moved(truth.expertParams, name, spec));
  const deviations = truth.dispersions;
  return {
    ...shape,
    gateParams,
    expertParams,
    ...(deviations && {
      dispersions: sources.map((source) => {
        const own = deviations[deviations.length === 1 ? 0 : source]!;
        return own * Math.exp(spread * random.normal());
      }),
    }),
  };
}

type Sizes = readonly number[];

/** The sizes of the true and of the fitted groups of a hierarchical gate; of another gate, all atoms. */
function groupsOf(truth: MixingMeasure, shape: MeasureShape): [known: Sizes, fitted: Sizes] {
  const { groups = 1 } = shape.gate.config as { readonly groups?: Runs };
  const { groups: known = groups } = truth.gate.config as { readonly groups?: Runs };
  const fitted = runSizes('study', groups, shape.experts);
  const real = runSizes('study', runCount(known) === fitted.length ? known : fitted.length, truth.experts);
  return [real, fitted];
}

/** The true atom of every fitted one: all true ones first, then any; inside each group of a hierarchical gate. */
function dealt(known: Sizes, fitted: Sizes, random: Stream): number[] {
  let first = 0;
  return fitted.flatMap((to, g) => {
    const [from, start] = [known[g]!, first];
    first += from;
    // The last stays the last: the gauge is fixed there.
    return Array.from({ length: to }, (_, e) => {
      if (e === to - 1) return from - 1;
      return e < from - 1 ? e : random.integer(from);
    }).map((e) => start + e);
  });
}

/** The truth's numbers for the fitted atoms; 0 where the truth has no such parameter. */
function startNumbers(
  all: readonly number[] | undefined,
  name: string,
  spec: GateParamSpec,
  sources: readonly number[],
  known: number,
): number[] {
  const size = paramSize(spec);
  const length = spec.copies * size;
  if (spec.copies === sources.length && all?.length === known * size) {
    return sources.flatMap((source) => all.slice(source * size, (source + 1) * size));
  }
  if (all?.length === length) return [...all];
  return new Array<number>(length).fill(name.endsWith('temperature') ? 1 : 0);
}

function within(value: number, { constraint = {} }: GateParamSpec): number {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = constraint;
  return Math.max(min, Math.min(max, value));
}
