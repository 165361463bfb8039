/**
 * Weights: from the parameter specifications of a gate or an expert to the layer's variables and back to values.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { initializers, LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import {
  type GateParamSpec,
  initialValues,
  MoeError,
  mapNames,
  type ParamSpecs,
  paramSize,
  stream,
} from '@tfjs-moe/core';
import { type Layout, paramValue } from './interpretation/param.ts';
import { project } from './tensor/project.ts';

type Initializer = ReturnType<typeof initializers.zeros>;

/** The part of `Layer.addWeight` that is needed here. */
export type AddWeight = (
  name: string,
  shape: Shape,
  initializer: Initializer,
  trainable: boolean,
  zeros: () => Initializer,
) => LayerVariable;

/** One parameter with its variable, stored as [copies, ...shape]. */
export interface StoredParam {
  readonly spec: GateParamSpec;
  readonly variable: LayerVariable;
}

/**
 * Creates the variables of a set of parameters under `path`, each copy drawn from its own stream.
 * @param who named in errors when values of a wrong shape are written
 */
export function storeParams(
  specs: ParamSpecs,
  path: string,
  seed: number,
  who: string,
  add: AddWeight,
): Record<string, StoredParam> {
  return mapNames(specs, (spec, name) => {
    const shape = [spec.copies, ...spec.shape];
    const drawn = constantInitializer(() => initialTensor(spec, seed, `${path}/${name}`));
    const zeros = () => constantInitializer(() => tf.zeros(shape));
    const variable = add(`${path}/${name}`, shape, drawn, spec.trainable ?? true, zeros);
    return { spec, variable: refuseWrongShapes(variable, who) };
  });
}

/** The parameters as values of a layout, inside their boxes. */
export function readParams(
  stored: Readonly<Record<string, StoredParam>>,
  layout: Layout,
): Record<string, tf.Tensor> {
  return mapNames(stored, ({ spec, variable }) =>
    paramValue(project(variable.read(), spec.constraint), spec, layout),
  );
}

function initialTensor(spec: GateParamSpec, seed: number, path: string): tf.Tensor {
  const size = paramSize(spec);
  const values = new Float32Array(spec.copies * size);
  for (let copy = 0; copy < spec.copies; copy++)
    values.set(initialValues(spec, stream(seed, path, copy)), copy * size);
  return tf.tensor(values, [spec.copies, ...spec.shape]);
}

function constantInitializer(make: () => tf.Tensor): Initializer {
  return { apply: make } as unknown as Initializer;
}

/** Loading and `setWeights` write through the variable: a file that does not fit is named, with both shapes. */
function refuseWrongShapes(variable: LayerVariable, who: string): LayerVariable {
  const write = variable.write.bind(variable);
  variable.write = (value: tf.Tensor) => {
    if (!tf.util.arraysEqual(value.shape, variable.shape as number[])) {
      const wanted = `[${variable.shape.join(', ')}]`;
      throw new MoeError(who, `weight ${variable.originalName} has shape ${wanted}`, value.shape);
    }
    return write(value);
  };
  return variable;
}
