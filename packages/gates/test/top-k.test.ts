import { defineGate, type Gate, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { hierarchical, linearRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosen, chosenWeights, routeLogits, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, topK(), { exact: true, translationInvariant: true });
testGate(runner, topK({ k: 1 }), { exact: true, translationInvariant: true });
testGate(runner, topK({ k: 6, renormalize: 'never' }), { exact: true });
testGate(runner, topK({ k: 3, weighting: sigmoid({ normalize: true }), renormalize: 'afterDrop' }), {
  exact: true,
});
testGate(runner, topK({ biasInSelection: false }), { exact: true, translationInvariant: true });
testGate(runner, topK({ weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 }), { exact: true });
testGate(runner, topK({ weighting: temperature({ noise: 'gumbel' }) }), { exact: true, noisy: true });
testGate(runner, topK({ weighting: temperature({ threshold: 0.15 }) }));
testGate(runner, topK({ k: 3, weighting: hierarchical({ groups: 2 }) }), { exact: true, permutable: false });

const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 4, maxLength: 4 });

describe('topK', () => {
  test('over softmax is the softmax over the selected logits', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 2, max: 4 }), (row, k) => {
        const routing = routeLogits(topK({ k }), [row]);
        const order = row.map((_, e) => e).sort((a, b) => row[b]! - row[a]! || a - b);
        expect(chosen(routing)).toEqual([order.slice(0, k)]);
        const expected = softmaxOf(order.slice(0, k).map((e) => row[e]!));
        chosenWeights(routing)[0]?.forEach((weight, i) => {
          expect(weight).toBeCloseTo(expected[i]!, 12);
        });
      }),
    );
  });

  test.each(['beforeDrop', 'afterDrop', 'never'] as const)(
    'with k = 1 keeps the probability, renormalize: %s',
    (renormalize) => {
      const row = [1, 3, 2];
      for (const weighting of [softmax(), sigmoid(), sigmoid({ normalize: true })]) {
        const routing = routeLogits(topK({ k: 1, weighting, renormalize }), [row]);
        const expected = weighting.kind === 'softmax' ? softmaxOf(row)[1]! : 1 / (1 + Math.exp(-3));
        expect(chosenWeights(routing)[0]?.[0]).toBeCloseTo(expected, 14);
        expect(routing.renormalizeAfterDrop).toBe(false);
      }
    },
  );

  test('keeps the probabilities as they are when it never renormalises', () => {
    const row = [1, 3, 2, 0];
    const p = softmaxOf(row);
    expect(chosenWeights(routeLogits(topK({ renormalize: 'never' }), [row]))).toEqual([[p[1], p[2]]]);
    const [s1, s2] = [1 / (1 + Math.exp(-3)), 1 / (1 + Math.exp(-2))];
    expect(chosenWeights(routeLogits(topK({ renormalize: 'never', weighting: 'sigmoid' }), [row]))).toEqual([
      [s1, s2],
    ]);
    const weighting = sigmoid({ normalize: true });
    const [first, second] = chosenWeights(routeLogits(topK({ renormalize: 'never', weighting }), [row]))[0]!;
    expect(first).toBeCloseTo(s1 / (s1 + s2), 14);
    expect(second).toBeCloseTo(s2 / (s1 + s2), 14);
  });

  test('without drops gives the same weights before and after', () => {
    const scores = drawnRows(8, 5, 1);
    const before = routeLogits(topK({ k: 3 }), scores);
    const after = routeLogits(topK({ k: 3, renormalize: 'afterDrop' }), scores);
    expect(after.weights).toEqual(before.weights);
    expect([before.renormalizeAfterDrop, after.renormalizeAfterDrop]).toEqual([false, true]);
  });

  test('keeps the full distribution for the balance losses', () => {
    const scores = drawnRows(8, 5, 1);
    expect(routeLogits(topK(), scores).probabilities).toEqual(routeLogits(softmax(), scores).probabilities);
  });

  test('gives ties to the lower index', () => {
    expect(chosen(routeLogits(topK({ k: 3 }), [[1, 2, 1, 2, 1]]))).toEqual([[1, 3, 0]]);
  });

  test('can leave the bias out of the selection, not out of the weights', () => {
    const data = { bias: [0, 0, 5, 0] };
    const row = [2, 1, 0, -1];
    expect(chosen(routeLogits(topK(), [row], { data }))).toEqual([[2, 0]]);
    const theory = routeLogits(topK({ biasInSelection: false }), [row], { data });
    expect(chosen(theory)).toEqual([[0, 1]]);
    expect(chosenWeights(theory)[0]?.[0]).toBeCloseTo(softmaxOf([2, 1])[0]!, 12);
    const moved = routeLogits(topK({ k: 3, biasInSelection: false }), [row], { data });
    expect(chosenWeights(moved)[0]?.[2]).toBeCloseTo(softmaxOf([2, 1, 5])[2]!, 12);
  });

  test('divides exactly where the selected weights underflow', () => {
    const off = routeLogits(topK({ weighting: 'sigmoid' }), [[-800, -801, -900]]);
    expect(chosenWeights(off)[0]?.[0]).toBeCloseTo(softmaxOf([1, 0])[0]!, 12);
    const data = { bias: [0, 0, 900] };
    const theory = routeLogits(topK({ biasInSelection: false }), [[2, 1, 0]], { data });
    expect(chosenWeights(theory)[0]?.[0]).toBeCloseTo(softmaxOf([2, 1])[0]!, 12);
  });

  test('hands router and useBias to its weighting', () => {
    const router = linearRouter({ kernelInitializer: 'zeros' });
    expect(topK({ router, useBias: false }).config).toEqual(
      topK({ weighting: softmax({ router, useBias: false }) }).config,
    );
    expect(topK({ router, weighting: 'sigmoid' }).config).toEqual(
      topK({ weighting: sigmoid({ router }) }).config,
    );
    expect(topK({ useBias: false, weighting: { kind: 'sigmoid', normalize: true } }).config).toEqual(
      topK({ weighting: sigmoid({ useBias: false, normalize: true }) }).config,
    );
    expect(topK().router?.config).toEqual(linearRouter().config);
  });

  test('refuses a router beside a weighting that has its own', () => {
    const message =
      '[tfjs-moe] topK: router must be given to the weighting, which has its own. Received: "sigmoid".';
    expect(() => topK({ router: 'mlp', weighting: sigmoid() })).toThrow(message);
    expect(() => topK({ router: 'mlp', weighting: { kind: 'sigmoid', router: 'linear' } })).toThrow(message);
    expect(() => topK({ useBias: true, weighting: topK() })).toThrow(
      'useBias must be given to the weighting',
    );
  });

  test.each([0, -1, 1.5, '2', Number.NaN])('refuses k = %s', (k) => {
    expect(() => topK({ k: k as number })).toThrow(
      '[tfjs-moe] topK: k must be an integer of at least 1. Received:',
    );
  });

  test('refuses more experts per token than there are', () => {
    const message =
      '[tfjs-moe] topK: k must be an integer between 1 and the number of experts (8). Received: 9.';
    expect(() => topK({ k: 9 }).expertsPerToken(8)).toThrow(message);
    expect(() => topK({ k: 9 }).params(4, 8)).toThrow(message);
  });

  test('refuses combinations that contradict each other', () => {
    expect(() => topK({ biasInSelection: false, selectionBias: true })).toThrow(
      'biasInSelection: false needs',
    );
    expect(() => topK({ biasInSelection: false, weighting: hierarchical({ groups: 2 }) })).toThrow(
      'one router',
    );
    expect(() => topK({ renormalize: 'afterDrop', weightScale: 2 })).toThrow(
      "renormalize: 'afterDrop' would undo weightScale",
    );
    expect(() => topK({ renormalize: 'always' as never })).toThrow(
      "renormalize must be one of 'beforeDrop', 'afterDrop', 'never'",
    );
    expect(() => topK(3 as never)).toThrow('topK: options must be an object');
  });

  test('stays inside the selection of a sparse weighting', () => {
    const routing = routeLogits(topK({ k: 3, weighting: topK({ k: 2 }) }), [[4, 3, 2, 1]]);
    expect(chosen(routing)).toEqual([[0, 1]]);
    expect(topK({ k: 3, weighting: topK({ k: 2 }) }).expertsPerToken(4)).toBe(2);
  });

  test('takes any gate as weighting', () => {
    const even: Gate = defineGate('evenForTopK', () => ({
      config: {},
      params: () => ({}),
      expertsPerToken: (experts) => experts,
      route(ops, x, _p, { experts }) {
        const scores = ops.mul(ops.constant(0), x);
        const flat = ops.spread(ops.dot(scores, scores), { experts } as never);
        const probabilities = ops.softmax(flat);
        return {
          logits: flat,
          scores: flat,
          probabilities,
          choices: [ops.greater(probabilities, ops.constant(-1))],
          weights: probabilities,
        };
      },
    }))();
    expect(tableOf(routeLogits(topK({ weighting: even }), [[1, 2, 3]]).weights)).toEqual([[0.5, 0.5, 0]]);
  });
});
