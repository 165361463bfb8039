import { measureParts, predict } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { design, designNames, simulate } from '../../src/index.ts';

describe.each(designNames.map((name) => [name]))('%s', (name) => {
  const given = design(name);

  test('is complete and frozen', () => {
    expect(Object.isFrozen(given)).toBe(true);
    expect(given.name).toBe(name);
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(given.description).toMatch(/^[A-Z].*\.$/);
    expect(given.source).not.toBe('');
    expect(given.replicates).toBeGreaterThan(0);
    expect(given.sizes.every(Number.isInteger)).toBe(true);
    expect([...given.sizes].sort((a, b) => a - b)).toEqual(given.sizes);
    expect(new Set(given.sizes).size).toBe(given.sizes.length);
    expect(new Set(given.assumed).size).toBe(given.assumed.length);
  });

  test('can be simulated', () => {
    const { measure, inputs, noise, seed } = given;
    const { response, components } = simulate({ measure, inputs, noise, seed, n: 200 });
    expect(new Set(response).size).toBeGreaterThan(150);
    const seen = noise.kind === 'experts' ? new Set(components).size : measure.experts;
    expect(seen).toBe(measure.experts);
  });

  test('fits families that serve its inputs', () => {
    for (const { gate, expert, experts } of given.fitted) {
      expect(experts).toBeGreaterThanOrEqual(given.measure.experts);
      expect(gate.params(given.measure.inputDim, experts)).toBeTypeOf('object');
      expect(expert.kind).toBe(given.measure.expert.kind);
    }
  });
});

test('the crossing lines are those of the paper', () => {
  const { measure, sizes } = design('demystifying-softmax-k2');
  const x = 0.3;
  const { weights, outputs } = measureParts(measure, [[x]]);
  expect(weights[0]).toBeCloseTo(1 / (1 + Math.exp(8 - 25 * x)), 14);
  expect(Array.from(outputs)).toEqual([15 - 20 * x, -5 + 20 * x]);
  expect(measure.dispersions).toEqual([0.3, 0.4]);
  // Two of the sizes in the losses that came with the paper.
  expect(sizes).toHaveLength(200);
  expect(sizes).toEqual(expect.arrayContaining([100, 900, 1000, 3551, 23_963, 100_000]));
});

test('top-1 changes the expert at 0.32', () => {
  const { measure } = design('top-k-exact');
  const { weights } = measureParts(measure, [[0.3199], [0.3201]]);
  expect(Array.from(weights, (weight) => weight > 0)).toEqual([false, true, true, false]);
});

test('half of the DeepSeek mixture is the shared expert', () => {
  const x = 0.4;
  const { weights, outputs } = measureParts(design('deepseek-theorem-1').measure, [[x]]);
  const first = Math.exp(5 * x - 0.5) / (Math.exp(5 * x - 0.5) + Math.exp(5 * x + 0.5));
  expect(Array.from(weights)).toEqual(
    [0.25, 0.25, first / 2, (1 - first) / 2].map((w) => expect.closeTo(w, 14)),
  );
  expect(Array.from(outputs)).toEqual(
    [-8 * 6 * x, -8 * 6 * x, 0, 4 * 12 * x].map((h) => expect.closeTo(h, 12)),
  );
  const sparse = measureParts(design('deepseek-theorem-3').measure, [[x]]).weights;
  const logistic = (z: number) => 1 / (1 + Math.exp(-z));
  expect(sparse[2]).toBeCloseTo(logistic(-0.5) / (logistic(-0.5) + logistic(0.5)) / 2, 14);
});

test('the planes of the dendrogram paper', () => {
  const [x1, x2] = [0.7, -0.4];
  const { measure } = design('dendrogram-exp3');
  const planes = [0.5 + 1.5 * x1 + 0.9 * x2, 0.5 + 0.6 * x1 + 0.5 * x2, 0.5 + 1.1 * x1 - 0.3 * x2];
  const gates = [0.3 + x1 - x2, 0.5 + x1 + 0.5 * x2, 0].map(Math.exp);
  const sum = gates.reduce((total, gate) => total + gate, 0);
  const mean = planes.reduce((total, plane, i) => total + (plane * gates[i]!) / sum, 0);
  expect(predict(measure, [[x1, x2]])[0]).toBeCloseTo(mean, 13);
});

test('a design that does not exist', () => {
  for (const name of ['nothing', 'constructor']) {
    expect(() => design(name)).toThrow('[tfjs-moe] design: name must be one of demystifying-softmax-k2, ');
  }
});
