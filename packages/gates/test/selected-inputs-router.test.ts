import { arrayInput, arrayOps, arrayParam, replicate, tableOf } from '@tfjs-moe/core';
import {
  cosineRouter,
  euclideanRouter,
  linearRouter,
  mlpRouter,
  selectedInputsRouter,
  softmax,
  topK,
} from '@tfjs-moe/gates';
import { testGate, testRouter } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';

for (const router of [linearRouter(), mlpRouter({ hiddenUnits: 2 }), cosineRouter(), euclideanRouter()])
  testRouter({ describe, test }, selectedInputsRouter({ features: [2, 0], router }));
testGate({ describe, test }, softmax({ router: selectedInputsRouter({ features: [0] }) }));
testGate({ describe, test }, topK({ k: 2, router: selectedInputsRouter({ features: [2, 0] }) }));

describe('selectedInputsRouter', () => {
  test('scores the features that it names, in their order', () => {
    const router = selectedInputsRouter({ features: [2, 0] });
    const specs = replicate(router.params(3), 2);
    const kernel = arrayParam(specs.kernel!, 2, [1, 10, 2, -1]);
    expect(tableOf(router.logit(arrayOps, arrayInput([[3, 7, 5]]), { kernel }))).toEqual([[35, 7]]);
  });

  test('refuses features that inputs do not have, and lists that are none', () => {
    const router = selectedInputsRouter({ features: [0, 3] });
    expect(() => router.params(3)).toThrow(
      '[tfjs-moe] selectedInputsRouter: features must be below the number of inputs (3). Received: 3.',
    );
    expect(() => selectedInputsRouter({ features: [1, 1] })).toThrow('every feature at most once');
    expect(() => selectedInputsRouter({ features: [-1] })).toThrow('features[0] must be an integer');
    expect(() => selectedInputsRouter({ features: [] })).toThrow('is constantRouter()');
    expect(() => selectedInputsRouter({} as never)).toThrow('features must be a list of indices');
  });
});
