import { initialValues, mapNames, type ParamSpecs, paramSize, stream } from '@tfjs-moe/core';
import { type Grid, type Jet, jets, parameterJet, paramLabels, type Ring } from '@tfjs-moe/numerics';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import { parameterSymbol } from './symbols.ts';

/** A member: a function, multiplied by inputs and differentiated in parameters, by their indices. */
export interface Member {
  readonly factors: readonly number[];
  readonly derivatives: readonly number[];
}

export interface Parameter {
  /** Such as `expert/kernel[0,0]`. */
  readonly name: string;
  /** Such as $a_{1}$. */
  readonly latex: string;
  readonly role: 'router' | 'temperature' | 'expert';
}

/**
 * Functions of inputs and of parameters, both numbers of a ring: a family whose relations can be asked at given
 * parameters, and, with free variables in their place, at all parameters at once.
 */
export interface ParametricFamily {
  readonly inputDim: number;
  readonly parameters: readonly Parameter[];
  /** `F` with a gate, `h` without. */
  readonly subject: string;
  readonly members: readonly Member[];
  /** Names of the parameters that the expert is linear in, without their indices; empty where it is in all. */
  readonly outputWeights: readonly string[];
  evaluate<S>(ring: Ring<S>, x: readonly S[], parameters: readonly S[]): S[];
}

/** What the parameters of some specifications are called, one entry per number. */
export function parametersOf(specs: ParamSpecs): Parameter[] {
  const names = paramLabels(specs);
  return names.map((name) => ({
    name,
    latex: parameterSymbol(name, names),
    role: name.startsWith('expert/') ? 'expert' : name.startsWith('temperature') ? 'temperature' : 'router',
  }));
}

/**
 * Numbers of the ring as parameters that derivatives are taken in, under the names of their specifications. What is not
 * trained is the constant that it begins with.
 */
export function ringParams<S>(
  ring: Ring<S>,
  specs: ParamSpecs,
  values: readonly S[],
): Record<string, Grid<Jet<S>>> {
  let next = 0;
  const { constant } = jets(ring, 2);
  return mapNames(specs, (spec, name) => {
    const [rows, features] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
    if (spec.trainable === false) {
      const numbers = initialValues(spec, stream(0, name));
      return { experts: 1, rows, features, entries: Array.from(numbers, constant) };
    }
    const entries = Array.from({ length: paramSize(spec) }, () => {
      const index = next++;
      return parameterJet(ring, index, values[index]!);
    });
    return { experts: 1, rows, features, entries };
  });
}

/** The family at given parameters. */
export function atParameters(family: ParametricFamily, numbers: readonly number[]): LabelledFamily {
  return {
    inputDim: family.inputDim,
    labels: family.members.map((member) => memberLabel(family, member)),
    evaluate: (ring, x) =>
      family.evaluate(
        ring,
        x,
        numbers.map((value) => ring.constant(value)),
      ),
  };
}

/** `x_1 d_expert/bias[0] h` and $x_{1}\,\partial_{b}\,h$. */
export function memberLabel(
  { parameters, subject }: Pick<ParametricFamily, 'parameters' | 'subject'>,
  { factors, derivatives }: Member,
): FunctionLabel {
  const text = [
    ...factors.map((u) => `x_${u + 1}`),
    ...derivatives.map((i) => `d_${parameters[i]!.name}`),
    subject,
  ];
  const latex = [
    ...factors.map((u) => `x_{${u + 1}}`),
    ...derivatives.map((i) => `\\partial_{${parameters[i]!.latex}}`),
    subject,
  ];
  return {
    text: text.join(' '),
    latex: latex.join('\\,'),
    order: factors.length + derivatives.length,
  };
}
