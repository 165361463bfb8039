/**
 * A trained mixture as plain JSON, and what it computes, on plain arrays: the pictures need no tensors, because the
 * definitions that tfjs trains can be evaluated without it.
 */
import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  arrayOps,
  arrayParam,
  type Config,
  getExpert,
  getGate,
  mapNames,
  type ParamSpecs,
  type Routing,
  replicate,
  tableOf,
} from '@tfjs-moe/core';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';

export interface Mixture {
  readonly experts: number;
  readonly inputDim: number;
  readonly gate: Config;
  readonly expert: Config;
  /** Values of `gate/...` and `expert/...`. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
}

/** Weights of the experts [T][E] for inputs [T][D]. */
export function gateWeights(mixture: Mixture, inputs: readonly (readonly number[])[]): number[][] {
  return tableOf(route(mixture, inputs).weights);
}

/** Everything the gate says of the inputs. */
export function route(mixture: Mixture, inputs: readonly (readonly number[])[]): Routing<ArrayValue> {
  const { experts, inputDim } = mixture;
  const gate = getGate(mixture.gate);
  const parameters = values(mixture, 'gate', gate.params(inputDim, experts));
  return gate.route(arrayGateOps(), arrayInput(inputs), parameters, { experts, training: false });
}

/** Outputs of the experts [T][E] for inputs [T][D], each with one unit. */
export function expertOutputs(mixture: Mixture, inputs: readonly (readonly number[])[]): number[][] {
  const expert = getExpert(mixture.expert);
  const parameters = values(
    mixture,
    'expert',
    replicate(expert.params(mixture.inputDim, 1), mixture.experts),
  );
  const outputs = tableOf(expert.apply(arrayOps, arrayInput(inputs), parameters));
  // An expert that ignores its input answers once for all of them.
  return inputs.map((_, t) => outputs[outputs.length === 1 ? 0 : t]!);
}

/** The mixture's output [T] for inputs [T][D]. */
export function predict(mixture: Mixture, inputs: readonly (readonly number[])[]): number[] {
  const outputs = expertOutputs(mixture, inputs);
  return gateWeights(mixture, inputs).map((weights, t) =>
    weights.reduce((sum, weight, e) => sum + weight * outputs[t]![e]!, 0),
  );
}

function values({ parameters }: Mixture, path: string, specs: ParamSpecs): Record<string, ArrayValue> {
  return mapNames(specs, (spec, name) => arrayParam(spec, spec.copies, parameters[`${path}/${name}`]!));
}
