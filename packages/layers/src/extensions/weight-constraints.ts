import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { bring } from '../brought.ts';
import { rowRange } from '../tensor/gather-rows.ts';
import type { StoredParam } from '../weights.ts';
import {
  configBySort,
  readBySort,
  type WeightFunction,
  type WeightFunctionConfig,
  weightsBySort,
} from './by-sort.ts';
import { bankWith, type Extension } from './extension.ts';

/** A constraint of tfjs, such as `tf.constraints.maxNorm({ maxValue: 2 })`. */
export interface WeightConstraint extends WeightFunction<tf.Tensor> {}

/** What a config holds of a constraint. */
export interface ConstraintConfig extends WeightFunctionConfig {}

/** A constraint, its config, or its name where it needs no options: `'nonNeg'`, `'maxNorm'`, `'unitNorm'`, `'minMaxNorm'`. */
export type WeightConstraintIdentifier = WeightConstraint | ConstraintConfig | string;

/** Options of `weightConstraints`: a constraint of tfjs, its config or its name, for each sort of weight. Default none. */
export interface WeightConstraintsOptions {
  /** For the kernels of the experts, shared ones too. */
  readonly expertKernel?: WeightConstraintIdentifier | null;
  /** For their biases. */
  readonly expertBias?: WeightConstraintIdentifier | null;
  /** For the kernels of the gate. */
  readonly gateKernel?: WeightConstraintIdentifier | null;
  /** For its biases. */
  readonly gateBias?: WeightConstraintIdentifier | null;
}

/** Constraints on a layer's weights. */
export interface WeightConstraints extends Extension<'weightConstraints'> {}

/**
 * Constraints of tfjs on the weights of a layer: after every step of an optimiser the weights that it moved are projected,
 * in `fit` and in a loop of one's own alike.
 *
 * A constraint is given the weight of one expert at a time, as a layer of its own would have it: [in, out] of a kernel,
 * [in] of the kernel of a linear router, [out] of a bias. So `maxNorm` with its default axis 0 bounds what enters each
 * unit of each expert. Kernels and biases are told by their names, as `weightRegularizers` does. The weights are projected
 * when they are next read, by the layer, `getWeights` or `save`; what is written by hand, loaded or drawn stands as it is until
 * the next step, so that a resumed run equals the uninterrupted one. tfjs projects the weights of its own layers where they are
 * written, which no optimiser does, so that `kernelConstraint` of `layerExperts` is idle in `fit`.
 *
 * Source: Srebro and Shraibman, "Rank, Trace-Norm and Max-Norm" (2005), of maxNorm; Keras, of projecting after a step.
 *
 * @throws MoeError for what is no constraint, or a class that is not registered
 * @example mixtureOfExperts({ ..., constraints: weightConstraints({ expertKernel: tf.constraints.maxNorm({ maxValue: 2 }) }) })
 */
export const weightConstraints: (options: WeightConstraintsOptions) => WeightConstraints =
  /* @__PURE__ */ defineWeightConstraints();

const WHO = 'weightConstraints';

function defineWeightConstraints(): typeof weightConstraints {
  bring('constraints', readWeightConstraints);
  return (options) => readWeightConstraints(options);
}

/** Constraints from themselves, their options or the config of a saved model. */
export function readWeightConstraints(given: object): WeightConstraints {
  if ((given as Partial<WeightConstraints> | null)?.role === WHO) return given as WeightConstraints;
  const all = readBySort<tf.Tensor>(WHO, 'constraint', named(given));
  return Object.freeze<WeightConstraints>({
    role: WHO,
    config: configBySort(all),
    around: (bank) =>
      bankWith(bank, {
        ready(gateParams) {
          bank.ready?.(gateParams);
          for (const { own, param } of [
            ...weightsBySort(all, 'expert', bank.stored),
            ...weightsBySort(all, 'gate', gateParams),
          ])
            projectAfterSteps(param.variable, (weight) => ofEachCopy(own, weight, param));
        },
      }),
  });
}

/** Names as configs without options. */
function named(given: object): object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const entries = Object.entries(given).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? { className: value, config: {} } : value,
  ]);
  return Object.fromEntries(entries);
}

/**
 * Every optimiser assigns new data to what it moves, past `write`; so data that neither a writer nor this function has left
 * are those of a step.
 */
function projectAfterSteps(variable: LayerVariable, project: (weight: tf.Tensor) => tf.Tensor): void {
  const [read, write] = [variable.read.bind(variable), variable.write.bind(variable)];
  let settled: object = read().dataId;
  variable.read = () => {
    const weight = read() as tf.Variable;
    if (weight.dataId !== settled) {
      tf.tidy(() => weight.assign(project(weight)));
      settled = weight.dataId;
    }
    return weight;
  };
  variable.write = (value) => {
    const written = write(value);
    settled = read().dataId;
    return written;
  };
}

/** A constraint of the weights of each copy, stored as [copies, ...]. */
function ofEachCopy(constraint: WeightConstraint, weight: tf.Tensor, { spec }: StoredParam): tf.Tensor {
  const { axis } = constraint as { readonly axis?: number | number[] };
  // The constraints of tfjs take norms over an axis, which lies one further behind that of the copies.
  if (axis !== undefined) {
    const behind = [axis].flat().map((each) => (each < 0 ? each : each + 1));
    const own: WeightConstraint = Object.create(constraint, { axis: { value: behind } });
    return own.apply(weight);
  }
  if (constraint.getClassName() === 'NonNeg') return constraint.apply(weight);
  const flat = tf.reshape(weight, [spec.copies, -1]);
  const parts = Array.from({ length: spec.copies }, (_, copy) =>
    constraint.apply(tf.reshape(rowRange(flat, copy, copy + 1), [...spec.shape])),
  );
  return tf.stack(parts);
}
