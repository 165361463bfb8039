import { paramSize, stream } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { genericMeasure } from '../../src/mixture/draws.ts';
import { idleAtoms } from '../../src/mixture/regions.ts';

const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const shapes = [
  { gate: softmax(), expert: tanh, inputDim: 1, experts: 4 },
  { gate: softmax(), expert: gatedFfn({ hiddenUnits: 2, activation: 'gelu' }), inputDim: 1, experts: 2 },
  { gate: sigmoid({ useBias: false }), expert: constant(), inputDim: 1, experts: 8 },
  { gate: hierarchical({ groups: 2 }), expert: linear(), inputDim: 3, experts: 6 },
  { gate: softmax(), expert: linear(), inputDim: 2, experts: 32 },
  {
    gate: temperature({ router: mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' }) }),
    expert: tanh,
    inputDim: 8,
    experts: 4,
  },
];

/** Sums and differences of all pairs of some numbers, and their doubles. */
function sumsOf(numbers: readonly number[]): number[] {
  return numbers.flatMap((a, i) => [
    2 * Math.abs(a),
    ...numbers.slice(0, i).flatMap((b) => [Math.abs(a + b), Math.abs(a - b)]),
  ]);
}

/** What the atoms have in each place of each parameter. */
function placesOf(of: MixingMeasure): number[][] {
  const specs = measureSpecs(of);
  return (['gate', 'expert'] as const).flatMap((part) =>
    Object.entries(specs[part]).flatMap(([name, spec]) => {
      const numbers = (part === 'gate' ? of.gateParams : of.expertParams)[name]!;
      const size = paramSize(spec);
      return Array.from({ length: size }, (_, place) => numbers.filter((_n, i) => i % size === place));
    }),
  );
}

describe.each(
  shapes.map((shape) => [`${shape.gate.kind} ${shape.expert.kind} ${shape.experts}`, shape] as const),
)('parameters of %s', (_, shape) => {
  const draws = [0, 1, 2, 3, 4].flatMap((seed) => [0, 1].map((draw) => genericMeasure(shape, seed, draw)));

  test('no two numbers have one size, and none is 0', () => {
    for (const { gateParams, expertParams } of draws) {
      const all = [gateParams, expertParams].flatMap((of) => Object.values(of).flatMap((own) => [...own]));
      expect(new Set(all.map(Math.abs)).size).toBe(all.length);
      expect(all).not.toContain(0);
    }
  });

  test('no two sums or differences of atoms are equal', () => {
    for (const of of draws)
      for (const place of placesOf(of)) {
        const sums = sumsOf(place);
        expect(new Set(sums).size).toBe(sums.length);
        expect(sums).not.toContain(0);
      }
  });

  test('every draw of every seed is another one', () => {
    expect(new Set(draws.map(({ expertParams }) => JSON.stringify(expertParams))).size).toBe(draws.length);
  });
});

test('every atom of a gate that selects is selected somewhere', () => {
  const shape = { gate: topK({ k: 1 }), expert: tanh, inputDim: 1, experts: 3 };
  for (const draw of [0, 1, 2])
    expect(idleAtoms(genericMeasure(shape, 0, draw), stream(0, 'regions'))).toEqual([]);
});
