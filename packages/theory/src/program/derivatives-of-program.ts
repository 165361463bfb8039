import { firstDerivative, jets, parameterJet, type Ring } from '@tfjs-moe/numerics';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import type { MixtureProgram } from './mixture-program.ts';
import { runProgram } from './program.ts';

/** The derivatives of a mixture that is written as a program, in the parameters that some labels name. */
export function derivativesOfProgram(
  model: MixtureProgram,
  labels: readonly FunctionLabel[],
): LabelledFamily {
  const places = labels.map((label) => placeOf(model, parameterOf(label)));
  return {
    inputDim: model.inputDim,
    labels,
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const parameters = model.parameters.map(({ value }, i) => parameterJet(ring, i, ring.constant(value)));
      const inputs = x.map((value) => ({ value, support: [], gradient: [], hessian: [] }));
      const jet = runProgram(model.steps, jets(ring, 1), inputs, parameters)[model.output]!;
      return places.map((place) => firstDerivative(ring, jet, place));
    },
  };
}

/** The parameter that `d_gate/bias[0]#1 f` is differentiated in. */
export const parameterOf = ({ parts, text }: FunctionLabel): string => parts?.derivatives[0] ?? text;

function placeOf({ parameters }: MixtureProgram, wanted: string): number {
  return parameters.findIndex(({ name }) => name === wanted);
}
