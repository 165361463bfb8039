import { type ParamSpec, paramSize, type Router } from '@tfjs-moe/core';
import {
  fewestInputs,
  gateTraits,
  levelsOf,
  type MeasureShape,
  readGate,
  routerName,
  routerTraits,
} from '@tfjs-moe/measures';

/** Parameters of a gate by what they are in its scores. */
export interface ScoreParameters {
  /** Numbers that are added to a score. */
  readonly biases: readonly string[];
  /** Numbers that are added to a weight, for the selection alone. */
  readonly selectionBiases: readonly string[];
  /** Kernels with one number per input, of which a score is a function of the product with the input. */
  readonly kernels: readonly string[];
}

/** What the form of a gate and the traits of its routers say; nothing of a gate without a form. */
export function scoreParameters({ gate, experts }: MeasureShape): ScoreParameters {
  const { form } = gateTraits(gate, experts);
  // The last kernel of a network is alone homogeneous too.
  const { onInputs, inputLayers } = readGate(gate, experts) ?? {};
  const isOnInputs = (name: string) => onInputs?.includes(name) ?? true;
  const levels = form === undefined ? [] : levelsOf(form, experts);
  return {
    biases: levels.flatMap(({ form: of }) => [
      ...(of.bias === undefined ? [] : [of.bias]),
      // A score that does not depend on the input is a bias.
      ...(inputLayers?.length === 0 ? numbersOf(of.router).map((name) => routerName(of, name)) : []),
    ]),
    selectionBiases: levels.flatMap(({ form: { selection } }) => selection?.bias ?? []),
    kernels: levels.flatMap((level) => {
      const { form: of, homogeneous = [] } = routerTraits(level.form.router);
      const alone = homogeneous.flatMap(({ parameters }) => (parameters.length === 1 ? parameters : []));
      const kernels = [...(of?.of === 'input' ? [of.kernel] : []), ...alone];
      return [...new Set(kernels)].map((name) => routerName(level.form, name)).filter(isOnInputs);
    }),
  };
}

/** A router's parameters that are one number. */
function numbersOf(router: Router): string[] {
  const { specs } = fewestInputs<Readonly<Record<string, ParamSpec>>>((inputDim) => router.params(inputDim));
  return Object.entries(specs).flatMap(([name, spec]) => (paramSize(spec) === 1 ? [name] : []));
}
