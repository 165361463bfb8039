import { arrayInput, arrayOps, arrayParam, replicate } from '@tfjs-moe/core';
import { constant, ffn, identity, linear, normalizedFfn, selectedInputs } from '@tfjs-moe/experts';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';

for (const expert of [linear(), ffn({ hiddenUnits: 3 }), normalizedFfn({ hiddenUnits: 2 }), constant()])
  testExpert({ describe, test }, selectedInputs({ features: [2, 0], expert }));

describe('selectedInputs', () => {
  test('computes from the features that it names, in their order', () => {
    const expert = selectedInputs({ features: [2, 0], expert: 'linear' });
    const specs = replicate(expert.params(3, 1), 1);
    const kernel = arrayParam(specs.kernel!, 1, [10, 1]);
    const bias = arrayParam(specs.bias!, 1, [0.5]);
    expect([...expert.apply(arrayOps, arrayInput([[3, 7, 5]]), { kernel, bias }).data]).toEqual([53.5]);
    const same = selectedInputs({ features: [1], expert: identity() });
    expect([...same.apply(arrayOps, arrayInput([[3, 7, 5]]), {}).data]).toEqual([7]);
  });

  test('refuses features that inputs do not have, and an expert that sees none', () => {
    const expert = selectedInputs({ features: [3], expert: linear() });
    expect(() => expert.params(3, 1)).toThrow(
      '[tfjs-moe] selectedInputs: features must be below the number of inputs (3). Received: 3.',
    );
    expect(() => selectedInputs({ features: [], expert: linear() })).toThrow('is constant()');
  });
});
