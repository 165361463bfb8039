import {
  type CompetitiveForm,
  type GateParamSpec,
  type ParamSpecs,
  paramSize,
  type SigmoidForm,
} from '@tfjs-moe/core';
import { type Copies, routerName } from '../gauge/levels.ts';
import { type ScaleGauge, scaleGaugesOf } from '../gauge/scale-gauges.ts';
import { type MixingMeasure, measureSpecs } from '../measure/mixing-measure.ts';
import { gateTraits, routerTraits } from '../reading/traits-of.ts';

/** One softmax of a gate, or one in each of its groups: the names of its parameters by what its gauge does to them. */
export interface SoftmaxLevel {
  readonly bias: string | undefined;
  readonly temperature: string | undefined;
  /** Of the router, what may be shifted for all atoms together. */
  readonly shifted: readonly { readonly name: string; readonly size: number }[];
  /** Of the router, what is scaled with the temperature and not shifted. */
  readonly scaled: readonly string[];
  /** All else of the router. */
  readonly fixed: readonly string[];
  /** The scale that the temperature hides, where everything in it is multiplied with the same factor. */
  readonly scale: ScaleGauge | undefined;
}

/** A level of a measure's gate. */
export function softmaxLevel(measure: MixingMeasure, form: CompetitiveForm | SigmoidForm): SoftmaxLevel {
  const specs: ParamSpecs = measureSpecs(measure).gate;
  const { gate, experts, inputDim } = measure;
  const temperature = form.type === 'competitive' ? form.temperature : undefined;
  const whole = gateTraits(gate, experts).form;
  const scale = (whole === undefined ? [] : scaleGaugesOf(whole, specs, experts)).find(
    (gauge) => gauge.temperature === temperature && gauge.scores.every(({ exponent }) => exponent === 1),
  );
  const names = Object.keys(form.router.params(inputDim)).map((name) => routerName(form, name));
  // A shift with an offset moves masses too, each by its own factor; it is left alone.
  const shifts = (routerTraits(form.router).shifts ?? []).filter(({ offset }) => offset === undefined);
  const shifted = names.filter((name) =>
    shifts.some(({ parameter }) => routerName(form, parameter) === name),
  );
  const scaled = (scale?.scores ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== form.bias && !shifted.includes(name));
  return {
    bias: form.bias,
    temperature,
    shifted: shifted.map((name) => ({ name, size: paramSize(specs[name]!) })),
    scaled,
    fixed: names.filter((name) => !shifted.includes(name) && !scaled.includes(name)),
    scale,
  };
}

/** The numbers of some copies of a parameter; of a shared one, the same for each. */
export function numbersOf(spec: GateParamSpec, all: readonly number[], { first, count }: Copies): number[][] {
  const size = paramSize(spec);
  return Array.from({ length: count }, (_, i) => {
    const copy = spec.shared ? 0 : first + i;
    return all.slice(copy * size, (copy + 1) * size);
  });
}
