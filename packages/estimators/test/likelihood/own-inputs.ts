/** A gate and experts that see one input each: lines of x, weights of z. */
import {
  type AnyParams,
  defineExpert,
  defineRouter,
  type Expert,
  type Gate,
  type Named,
  type Ops,
  type ParamSpec,
} from '@tfjs-moe/core';
import { softmax } from '@tfjs-moe/gates';
import type { MixingMeasure } from '@tfjs-moe/measures';

const number: ParamSpec = { shape: [1], initializer: { kind: 'zeros' } };
/** 1 for the input that is seen. */
const seen: (inputDim: number) => ParamSpec = (inputDim) => ({
  shape: [inputDim],
  initializer: { kind: 'zeros' },
  trainable: false,
  shared: true,
});
const lineOfOne = defineExpert('testLineOfOne', () => ({
  config: {},
  params: (inputDim: number) => ({ seen: seen(inputDim), slope: number, bias: number }),
  apply: <V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>) =>
    ops.add(ops.mul(ops.dot(x, p.seen!), p.slope!), p.bias!),
  traits: { linearIn: ['slope', 'bias'] },
}));
const scoreOfOne = defineRouter('testScoreOfOne', () => ({
  config: {},
  params: (inputDim: number) => ({ seen: seen(inputDim), slope: number }),
  logit: <V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>) => ops.mul(ops.dot(x, p.seen!), p.slope!),
  traits: { shifts: [{ parameter: 'slope' }] },
}));

export const gateOfZ: Gate = softmax({ router: scoreOfOne() });
export const lineOfX: Expert = lineOfOne();

/** All numbers at 0, so that a fit knows which input is seen by whom; inputs are [x, z]. */
export function atZero(experts: number): MixingMeasure {
  const times = (values: number[]) => Array.from({ length: experts }, () => values).flat();
  return {
    ...{ gate: gateOfZ, expert: lineOfX, experts, inputDim: 2 },
    gateParams: { 'router/seen': [0, 1], 'router/slope': times([0]), bias: times([0]) },
    expertParams: { seen: [1, 0], slope: times([0]), bias: times([0]) },
    dispersions: times([1]),
  };
}
