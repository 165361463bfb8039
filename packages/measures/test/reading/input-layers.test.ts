import { defineExpert } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, euclideanRouter, hierarchical, mlpRouter, softmax } from '@tfjs-moe/gates';
import { readExpert, readGate } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { wrappedExpert } from '../wrapped.ts';

const layersOf = (gate: Parameters<typeof readGate>[0]) => readGate(gate, 4)?.inputLayers;

test('affine maps of the input with their biases, wherever these stand', () => {
  expect(layersOf(softmax())).toEqual([{ kernel: 'router/kernel', bias: 'bias' }]);
  expect(layersOf(softmax({ useBias: false }))).toEqual([{ kernel: 'router/kernel' }]);
  expect(layersOf(softmax({ router: mlpRouter({ hiddenUnits: 2 }) }))).toEqual([
    { kernel: 'router/layer_1/kernel', bias: 'router/layer_1/bias' },
  ]);
  expect(layersOf(hierarchical({ groups: 2 }))?.map(({ kernel }) => kernel)).toEqual([
    'outer/router/kernel',
    'inner/router/kernel',
  ]);
  expect(readExpert(polynomial())?.inputLayers).toEqual([{ kernel: 'kernel', bias: 'bias' }]);
  expect(readExpert(gatedFfn({ hiddenUnits: 2, useBias: true }))?.inputLayers).toHaveLength(2);
  expect(readExpert(constant())?.inputLayers).toEqual([]);
});

test('nothing where the input goes elsewhere too', () => {
  for (const router of [cosineRouter(), euclideanRouter()])
    expect(layersOf(softmax({ router })), router.kind).toBeUndefined();
  expect(readExpert(normalizedFfn({ hiddenUnits: 2 }))?.inputLayers).toBeUndefined();
});

test('a bias that has another part in the output takes up no shift', () => {
  const expert = defineExpert('biasTwice', () => ({
    config: {},
    params: linear().params,
    apply: (ops, x, p) => ops.mul(ops.affine(x, p.kernel, p.bias), p.bias!),
  }))();
  expect(readExpert(expert)?.inputLayers).toEqual([{ kernel: 'kernel' }]);
  expect(readExpert(expert)?.offset).toBeUndefined();
});

test('the offset, the factor and the parameters of the outputs, whoever wrote the expert', () => {
  const expected = { offset: 'layer_2/bias', factor: ['layer_2/kernel', 'layer_2/bias'] };
  for (const expert of [ffn({ hiddenUnits: 2 }), wrappedExpert(ffn({ hiddenUnits: 2 }))]) {
    const reading = readExpert(expert);
    expect(reading).toMatchObject({ ...expected, ofOutputs: ['layer_2/kernel', 'layer_2/bias'] });
    expect(reading?.onInputs).toEqual(['layer_1/kernel']);
  }
  expect(readExpert(polynomial({ degree: 2 }))).toMatchObject({ factor: [] });
});
