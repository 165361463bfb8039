import { arrayInput, arrayOps, mapNames, replicate } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { mlpRouter } from '@tfjs-moe/gates';
import { testRouter } from '@tfjs-moe/gates/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';

testRouter({ describe, test }, mlpRouter({ hiddenUnits: 3 }));
testRouter(
  { describe, test },
  mlpRouter({ hiddenUnits: [3, 2], activation: 'tanh', outputActivation: 'sigmoid' }),
);
testRouter({ describe, test }, mlpRouter({ hiddenUnits: [4], shared: true }));
testRouter({ describe, test }, mlpRouter({ hiddenUnits: [] }));

describe('mlpRouter', () => {
  test('ends with a kernel per expert, also where the hidden layers are shared', () => {
    const specs = mlpRouter({ hiddenUnits: [5, 4], shared: true }).params(3);
    expect(mapNames(specs, ({ shape }) => shape)).toEqual({
      'layer_1/kernel': [3, 5],
      'layer_1/bias': [5],
      'layer_2/kernel': [5, 4],
      'layer_2/bias': [4],
      'layer_3/kernel': [4],
    });
    expect(mapNames(replicate(specs, 6), ({ copies }) => copies)).toEqual({
      'layer_1/kernel': 1,
      'layer_1/bias': 1,
      'layer_2/kernel': 1,
      'layer_2/bias': 1,
      'layer_3/kernel': 6,
    });
  });

  test('is layer after layer', () => {
    const router = mlpRouter({ hiddenUnits: 4, activation: 'softplus', outputActivation: 'tanh' });
    const specs = replicate(router.params(3), 1);
    const data = drawnData(specs, 1);
    const [x = []] = drawnRows(1, 3, 2);
    let sum = 0;
    for (let h = 0; h < 4; h++) {
      let z = data['layer_1/bias']![h]!;
      for (let d = 0; d < 3; d++) z += x[d]! * data['layer_1/kernel']![d * 4 + h]!;
      sum += data['layer_2/kernel']![h]! * Math.log(1 + Math.exp(z));
    }
    const [score] = router.logit(arrayOps, arrayInput([x]), valuesOf(specs, data)).data;
    expect(score).toBeCloseTo(Math.tanh(sum), 14);
  });

  describe('with an output that can be rescaled', () => {
    afterEach(() => {
      vi.restoreAllMocks();
      vi.resetModules();
    });

    test.each(['identity', 'relu'] as const)('%s warns once', async (outputActivation) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      vi.resetModules();
      const fresh = await import('@tfjs-moe/gates');
      fresh.mlpRouter({ outputActivation: 'tanh' });
      expect(warn).not.toHaveBeenCalled();
      fresh.mlpRouter({ outputActivation });
      fresh.mlpRouter({ outputActivation });
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0]?.[0]).toMatch(/^\[tfjs-moe\] mlpRouter: .*not identifiable/);
    });
  });

  test('checks its options', () => {
    expect(() => mlpRouter({ hiddenUnits: 0 })).toThrow(
      'hiddenUnits must be an integer of at least 1 or a list',
    );
    expect(() => mlpRouter({ outputActivation: 'elu' as never })).toThrow('outputActivation must be one of');
  });
});
