import { stream, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { noisyTopK, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, givenNormals, routeLogits } from './given-logits.ts';

const runner = { describe, test };
testGate(runner, noisyTopK(), { exact: true, noisy: true, translationInvariant: true });
testGate(runner, noisyTopK({ k: 1, noise: { stddev: 1 } }), {
  exact: true,
  noisy: true,
  translationInvariant: true,
});
testGate(runner, noisyTopK({ k: 6, loadThreshold: 'vmoe', renormalize: 'never' }), {
  exact: true,
  noisy: true,
});
testGate(runner, noisyTopK({ k: 3, renormalize: 'afterDrop', router: 'mlp' }), { exact: true, noisy: true });

describe('noisyTopK', () => {
  const scores = drawnRows(7, 5, 1);
  const noise = drawnRows(7, 5, 2);
  const row = (table: readonly (readonly number[])[], t: number) => table[t]!;

  test('evaluates as top-K, without a load', () => {
    const routing = routeLogits(noisyTopK(), scores);
    const expected = routeLogits(topK(), scores);
    expect(routing.weights).toEqual(expected.weights);
    expect(routing.choices).toEqual(expected.choices);
    expect(routing.load).toBeUndefined();
  });

  test('adds noise of the learned size, softplus(x W) + epsilon', () => {
    const kernel = drawnRows(5, 5, 3);
    const random = givenNormals(noise);
    const data = { noise_kernel: kernel.flat() };
    const gate = noisyTopK({ noiseEpsilon: 0.05 });
    const routing = routeLogits(gate, scores, { training: true, random, data });
    scores.forEach((x, t) => {
      x.forEach((z, e) => {
        const raw = x.reduce((sum, value, d) => sum + value * kernel[e]![d]!, 0);
        const sigma = Math.log(1 + Math.exp(raw)) + 0.05;
        expect(tableOf(routing.scores)[t]?.[e]).toBeCloseTo(z + sigma * noise[t]![e]!, 13);
      });
    });
    expect(tableOf(routing.logits)).toEqual(scores);
  });

  test('adds noise of the fixed size, stddev / E', () => {
    const gate = noisyTopK({ noise: { stddev: 2 } });
    expect(Object.keys(gate.params(5, 5))).not.toContain('noise_kernel');
    const routing = routeLogits(gate, scores, { training: true, random: givenNormals(noise) });
    expect(tableOf(routing.scores)[2]?.[3]).toBeCloseTo(scores[2]![3]! + 0.4 * noise[2]![3]!, 14);
  });

  test.each(['shazeer', 'vmoe'] as const)('estimates the load by the formula of %s', (loadThreshold) => {
    const gate = noisyTopK({ noise: { stddev: 5 }, loadThreshold });
    const { load, scores: noisy } = routeLogits(gate, scores, {
      training: true,
      random: givenNormals(noise),
    });
    const table = tableOf(noisy);
    scores.forEach((clean, t) => {
      const descending = [...row(table, t)].sort((a, b) => b - a);
      clean.forEach((z, e) => {
        const inside = row(table, t)[e]! >= descending[1]!;
        const rival = loadThreshold === 'shazeer' && inside ? descending[2]! : descending[1]!;
        expect(tableOf(load!)[t]?.[e]).toBeCloseTo(normalBelow(z - rival), 8);
      });
    });
  });

  test("shazeer's load is the chance of being selected when one expert's noise is drawn again", () => {
    const gate = noisyTopK({ noise: { stddev: 3 } });
    const first = row(noise, 0).slice(0, 3);
    const logits = [[0.3, -0.2, 0.9]];
    const { load } = routeLogits(gate, logits, { training: true, random: givenNormals([first]) });
    const draw = stream(4);
    const draws = 20000;
    [0, 1, 2].forEach((e) => {
      let count = 0;
      for (let i = 0; i < draws; i++) {
        const again = first.map((value, other) => (other === e ? draw.normal() : value));
        const noisy = again.map((value, other) => value + logits[0]![other]!);
        if (noisy.filter((value) => value > noisy[e]!).length < 2) count++;
      }
      expect(count / draws).toBeCloseTo(tableOf(load!)[0]![e]!, 1);
    });
  });

  test('has a load of 1 for everyone who cannot lose', () => {
    const { load } = routeLogits(noisyTopK({ k: 5 }), scores, { training: true });
    expect(new Set(load?.data)).toEqual(new Set([1]));
  });

  test('starts with zeros, so that noise alone decides', () => {
    const gate = noisyTopK();
    expect(gate.params(3, 4)).toMatchObject({
      'router/kernel': { initializer: { kind: 'zeros' } },
      noise_kernel: { shape: [3], initializer: { kind: 'zeros' }, copies: 4 },
    });
    const even = Array.from({ length: 400 }, () => [0, 0, 0, 0]);
    const counts = [0, 0, 0, 0];
    for (const expert of chosen(routeLogits(gate, even, { training: true })).flat()) counts[expert]!++;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(50);
  });

  test('checks its options', () => {
    expect(() => noisyTopK({ noise: 'none' as never })).toThrow(
      '[tfjs-moe] noisyTopK: noise must be \'learned\' or { stddev }. Received: "none".',
    );
    expect(() => noisyTopK({ noise: { stddev: 0 } })).toThrow('noise.stddev must be a finite number above 0');
    expect(() => noisyTopK({ noise: { std: 1 } as never })).toThrow('unknown option "std"');
    expect(() => noisyTopK({ k: 9 }).params(3, 8)).toThrow('the number of experts (8). Received: 9.');
  });
});

/** The standard normal distribution function by Simpson's rule, an oracle that shares nothing with the library. */
function normalBelow(z: number): number {
  const steps = 2000;
  const width = z / steps;
  const density = (t: number) => Math.exp(-(t ** 2) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(i * width);
  return 0.5 + (sum * width) / 3;
}
