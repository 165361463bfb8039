import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { defineGate, type GateOps } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';

test('a gate that mixes tokens is told what to import, and then runs', async () => {
  const mixing = defineGate('testUnregistered', () => ({
    config: {},
    expertsPerToken: (experts) => experts,
    params: (inputDim, experts) => ({
      phi: { shape: [inputDim], initializer: { kind: 'ones' }, copies: experts },
    }),
    route: (): never => {
      throw new Error('routes none');
    },
    mix<V>(ops: GateOps<V>, x: V, { phi }: { phi: V }) {
      const logits = ops.dot(x, phi);
      return {
        logits,
        dispatch: ops.softmaxTokens(logits),
        combine: ops.softmax(logits),
        perSequence: false,
      };
    },
  }));
  await tf.setBackend('cpu');
  const make = () => mixtureOfExperts({ experts: 2, gate: mixing(), expert: linear(), units: 1 });
  expect(make).toThrow(
    `[tfjs-moe] testUnregistered: "soft" has to be imported: softMoe brings it, or import '@tfjs-moe/layers/register'`,
  );
  await import('../src/soft.ts');
  expect((make().apply(tf.ones([3, 2])) as tf.Tensor).shape).toEqual([3, 1]);
});
