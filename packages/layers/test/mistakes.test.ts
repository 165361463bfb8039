/** The likeliest mistakes, and the mend that each message names. */
import '@tensorflow/tfjs-backend-cpu';
import { layers } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { cosineRouter, softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import '@tfjs-moe/layers/register';
import { mixtureOfExperts, switchLoss } from '../src/index.ts';

const make = (args: object) => () =>
  mixtureOfExperts({ experts: 4, gate: 'softmax', expert: 'linear', name: 'moe', ...args } as never);

describe('a mistake is told its mend', () => {
  test.each<[string, () => unknown, string]>([
    ['a gate not called', make({ gate: topK }), 'call the factory: topK()'],
    [
      'a router not called',
      () => softmax({ router: cosineRouter as never }),
      'call the factory: cosineRouter()',
    ],
    ['an expert not called', make({ expert: ffn }), 'call the factory: ffn()'],
    ['a loss not called', make({ balance: [switchLoss] }), 'call the factory: switchLoss()'],
    ['an expert for a gate', make({ gate: ffn }), 'not the factory of an expert'],
    [
      'a tfjs layer as expert',
      make({ expert: layers.dense({ units: 2 }) }),
      'layerExperts(() => tf.layers.dense(',
    ],
    [
      'a function of layers',
      make({ expert: () => layers.dense({ units: 2 }) }),
      'write layerExperts(() => ...)',
    ],
    ['numExperts', make({ numExperts: 8 }), 'unknown option "numExperts" (write experts: 8)'],
    ['num_experts', make({ num_experts: 8 }), '(write experts: 8)'],
    ['topK as an option', make({ topK: 2 }), '(write gate: topK({ k: 2 }))'],
    ['top_k', make({ top_k: 2 }), '(write gate: topK({ k: 2 }))'],
    ['capacityFactor', make({ capacityFactor: 1.25 }), '(write capacity: { factor: 1.25 })'],
    ['a factor as capacity', make({ capacity: 1.25 }), 'is { factor: 1.25 }'],
    ['the same under any dispatch', make({ capacity: 1.25, dispatch: 'capacity' }), 'is { factor: 1.25 }'],
    ['auxLoss', make({ auxLoss: 0.01 }), '(write balance: [switchLoss({ weight: 0.01 })])'],
    ['loss', make({ loss: 'switchLoss' }), '(write balance: [switchLoss('],
    ['top-k', make({ gate: 'top-k' }), '(did you mean "topK"?)'],
    ['topk', make({ gate: { kind: 'topk' } }), '(did you mean "topK"?)'],
    ['TopK', make({ gate: 'TopK' }), '(did you mean "topK"?)'],
    ['a router as gate', make({ gate: 'cosine' }), '(a router has this kind)'],
    ['mlp for an expert', make({ expert: 'mlp' }), '(write "ffn")'],
    ['k: null', () => topK({ k: null as never }), 'k must not be null; leave it out'],
    ['a hole in the losses', make({ balance: Array(1) }), 'a balance loss must be an object'],
    ['a name with a blank', make({ name: 'my moe' }), 'name must be letters (A to Z), digits'],
    ['a layer as gate', make({ gate: layers.dense({ units: 2 }) }), 'Received: an object of tfjs (Dense)'],
    ['a kind under another name', make({ gate: { type: 'topK', k: 1 } }), 'write { kind: "topK", ... }'],
    ['kernelRegularizer', make({ kernelRegularizer: 'l2' }), 'write regularizers: weightRegularizers('],
    ['kernelConstraint', make({ kernelConstraint: 'nonNeg' }), 'write constraints: weightConstraints('],
  ])('%s', (_name, mistake, mend) => {
    expect(mistake).toThrow(mend);
    expect(mistake).toThrow(MoeError);
  });

  test('parameters of a gate are its own, never what every object inherits', () => {
    const layer = make({})();
    layer.build([null, 3]);
    for (const name of ['toString', '__proto__', 'constructor', 'valueOf']) {
      expect(() => layer.setGateParameter(name, 1)).toThrow(
        `[tfjs-moe] moe: unknown gate parameter; known gate parameters: router/kernel, bias. Received: "${name}".`,
      );
    }
    expect(() => layer.setGateParameter('biass', 1)).toThrow('(did you mean "bias"?)');
  });

  test.each([Number.NaN, Infinity, -Infinity, 1e39, '1', null, undefined])(
    'a parameter of a gate is never set to %s',
    (value) => {
      const layer = make({})();
      layer.build([null, 3]);
      const bias = layer.weights.find(({ originalName }) => originalName.endsWith('gate/bias'))!;
      expect(() => layer.setGateParameter('bias', value as number)).toThrow(
        '[tfjs-moe] moe: bias must be a finite number that float32 can hold. Received: ',
      );
      expect(Array.from(bias.read().dataSync())).toEqual([0, 0, 0, 0]);
    },
  );
});
