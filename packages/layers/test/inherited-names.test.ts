/** Names that every object inherits are names that nobody has given: each is refused as any other unknown one. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  arrayInput,
  arrayOps,
  defineExpert,
  defineGate,
  getExpert,
  getGate,
  getRouter,
  MoeError,
  type ParamSpec,
} from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import { expertCapacity, type MixtureOfExpertsArgs, mixtureOfExperts } from '../src/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const x = () => tf.ones([2, 3]);
const layer = (args: object) =>
  mixtureOfExperts({
    experts: 2,
    gate: 'softmax',
    expert: linear(),
    units: 3,
    seed: 1,
    ...args,
  } as MixtureOfExpertsArgs);
const own = (name: string, how: 'activation' | 'affine') =>
  defineExpert('inheritedName', () => ({
    config: {},
    params: (inputDim, units) => ({ kernel: { shape: [inputDim, units], initializer: { kind: 'ones' } } }),
    apply: (ops, input, p) =>
      how === 'affine'
        ? ops.affine(input, p.kernel, undefined, name as 'relu')
        : ops.activation(name as 'relu', input),
  }))();
const saved = layer({}).getConfig();

const uses: Readonly<Record<string, (name: string) => unknown>> = {
  'a gate': (name) => layer({ gate: name }),
  'a kind of gate': (kind) => getGate({ kind }),
  'an expert': (name) => layer({ expert: name }),
  'a kind of expert': (kind) => getExpert({ kind }),
  'a router': (name) => softmax({ router: name }),
  'a kind of router': (kind) => getRouter({ kind }),
  'a balance loss': (name) => layer({ balance: [name] }),
  'a dispatcher': (name) => layer({ dispatch: name }),
  'a convention': (convention) => layer({ capacity: { factor: 1, convention } }),
  'a convention, asked for directly': (name) =>
    expertCapacity(name as 'tutel', { tokens: 4, experts: 2, expertsPerToken: 1, factor: 1 }),
  'an activation': (activation) => ffn({ hiddenUnits: 2, activation: activation as 'relu' }),
  'an activation of an expert of one’s own': (name) => layer({ expert: own(name, 'activation') }).apply(x()),
  'an activation after a product, grouped': (name) =>
    layer({ expert: own(name, 'affine'), dispatch: 'grouped' }).apply(x()),
  'an activation on arrays': (name) => arrayOps.activation(name as 'relu', arrayInput([[1, 2]])),
  'an initializer': (name) => linear({ kernelInitializer: name as 'zeros' }),
  'a kind of initializer': (kind) => linear({ kernelInitializer: { kind } as never }),
  'a parameter of the gate': (name) => {
    const moe = layer({});
    moe.apply(x());
    moe.setGateParameter(name, 1);
  },
  'an option': (name) => linear(JSON.parse(`{ "${name}": 1 }`)),
  'an option of the layer': (name) => layer(JSON.parse(`{ "${name}": 1 }`)),
  'a field of a saved config': (name) =>
    layer({ ...saved, ...JSON.parse(`{ "gate": { "kind": "softmax", "${name}": 1 } }`) }),
};

describe.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'nobody'])('%s', (name) => {
  test.each(Object.keys(uses))('%s', (use) => {
    expect(() => uses[use]!(name)).toThrow(MoeError);
  });
});

test('a field of a saved config that a definition would not look at', () => {
  const lax = defineGate('inheritedLax', () => ({ ...softmax(), config: {} }));
  const config = layer({ gate: lax() }).getConfig();
  for (const name of ['constructor', 'toString']) {
    const gate = { ...(config.gate as object), ...JSON.parse(`{ "${name}": 1 }`) };
    expect(() => layer({ ...config, gate })).toThrow(`holds ${name}, which it never writes`);
  }
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a parameter may be called %s',
  (name) => {
    const expert = defineExpert('inheritedParameter', () => ({
      config: {},
      params: (inputDim, units): Record<string, ParamSpec> => ({
        [name]: { shape: [inputDim, units], initializer: { kind: 'ones' } },
      }),
      apply: (ops, input, p) => ops.affine(input, p[name]!),
    }))();
    const moe = layer({ expert });
    expect(Array.from((moe.apply(x()) as tf.Tensor).dataSync())).toEqual([3, 3, 3, 3, 3, 3]);
    expect(moe.weights.some(({ originalName }) => originalName.endsWith(`expert/${name}`))).toBe(true);
  },
);
