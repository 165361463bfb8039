import { type InputLayer, type MeasureShape, readExpert, readGate } from '@tfjs-moe/measures';
import { scoreParameters } from '../score-parameters.ts';

/** Which parameters of a gate, or of one expert, the inputs are multiplied with, so that a start is one for their scale. */
export interface InputParameters {
  /** Kernels and vectors on the inputs. */
  readonly onInputs: readonly string[];
  /** Those among them that are the whole of an affine map, with its bias. */
  readonly layers: readonly InputLayer[];
  /** Those of scores, which are to favour no expert at first. */
  readonly scores: readonly string[];
}

export function inputParametersOfGate(shape: MeasureShape): InputParameters {
  const { onInputs = [], inputLayers = [] } = readGate(shape.gate, shape.experts) ?? {};
  const affine = inputLayers.map(({ kernel }) => kernel);
  return { onInputs, layers: inputLayers, scores: [...scoreParameters(shape).kernels, ...affine] };
}

export function inputParametersOfExpert({ expert }: MeasureShape): InputParameters {
  const { onInputs = [], inputLayers = [] } = readExpert(expert) ?? {};
  return { onInputs, layers: inputLayers, scores: [] };
}
