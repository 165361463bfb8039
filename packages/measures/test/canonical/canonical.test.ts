import { mapNames } from '@tfjs-moe/core';
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type MixingMeasure, measureSpecs, withAtoms } from '@tfjs-moe/measures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, gateProbabilities, predict } from '../../src/index.ts';
import { manyExperts, manyGates, nameOf, randomMeasure, randomRows } from '../measures.ts';

const rows = randomRows(60);

function expectSameFunction(a: MixingMeasure, b: MixingMeasure): void {
  const [p, q] = [predict(a, rows), predict(b, rows)];
  const scale = Math.max(1, ...p.map(Math.abs));
  for (let i = 0; i < p.length; i++) expect(Math.abs(p[i]! - q[i]!)).toBeLessThan(1e-10 * scale);
}

function expectSameNumbers(a: MixingMeasure, b: MixingMeasure): void {
  for (const part of ['gateParams', 'expertParams'] as const) {
    for (const [name, numbers] of Object.entries(a[part])) {
      numbers.forEach((value, i) => {
        expect(Math.abs(value - b[part][name]![i]!), `${name}[${i}]`).toBeLessThan(
          1e-9 * Math.max(1, Math.abs(value)),
        );
      });
    }
  }
  expect(a.dispersions).toEqual(b.dispersions);
}

/** The measure with every parameter of its router and every bias moved by the same amount, which a softmax does not see. */
function shifted(of: MixingMeasure, by: number): MixingMeasure {
  return { ...of, gateParams: mapNames(of.gateParams, (numbers) => numbers.map((value) => value + by)) };
}

describe('the canonical form', () => {
  describe.each(manyGates.map((gate) => [nameOf(gate), gate] as const))('under %s', (_, gate) => {
    test.each(manyExperts.map((expert) => [nameOf(expert), expert] as const))(
      'keeps the function of %s',
      (__, expert) => {
        for (const seed of [1, 2]) {
          const measure = randomMeasure(gate, expert, { seed });
          const form = canonical(measure);
          expectSameFunction(measure, form);
          expectSameNumbers(form, canonical(form));
        }
      },
    );
  });

  test('does not depend on the order of atoms, nor on the gauge', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(softmax(), sigmoid(), temperature(), topK({ k: 2 })),
        fc.constantFrom(...manyExperts),
        fc.integer(),
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (gate, expert, seed, order, by) => {
          const measure = { ...randomMeasure(gate, expert, { seed }), dispersions: [1, 2, 3, 4] };
          const relabelled = withAtoms(measure, order);
          expectSameNumbers(canonical(measure), canonical(relabelled));
          if (gate.kind === 'softmax') expectSameNumbers(canonical(measure), canonical(shifted(measure, by)));
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  test('does not depend on the order of groups, nor of the atoms in them', () => {
    const measure = randomMeasure(hierarchical({ groups: 2 }), linear());
    const swap = (numbers: readonly number[]) => {
      const half = numbers.length / 2;
      return [...numbers.slice(half), ...numbers.slice(0, half)];
    };
    const groupsSwapped = {
      ...measure,
      gateParams: mapNames(measure.gateParams, swap),
      expertParams: mapNames(measure.expertParams, swap),
    };
    const specs = measureSpecs(measure);
    const swapFirstTwo = (numbers: readonly number[], size: number) => [
      ...numbers.slice(size, 2 * size),
      ...numbers.slice(0, size),
      ...numbers.slice(2 * size),
    ];
    const atomsSwapped = {
      ...measure,
      gateParams: mapNames(measure.gateParams, (numbers, name) =>
        name.startsWith('inner/') ? swapFirstTwo(numbers, numbers.length / 4) : numbers,
      ),
      expertParams: mapNames(measure.expertParams, (numbers, name) =>
        swapFirstTwo(numbers, numbers.length / specs.expert[name]!.copies),
      ),
    };
    for (const other of [groupsSwapped, atomsSwapped]) {
      expectSameFunction(measure, other);
      expectSameNumbers(canonical(measure), canonical(other));
    }
  });

  test('fixes the last atom of a softmax', () => {
    const { gateParams } = canonical(randomMeasure(softmax(), linear()));
    expect(gateParams['router/kernel']!.slice(-2)).toEqual([0, 0]);
    expect(gateParams.bias![3]).toBe(0);
    expect([...gateParams.bias!].sort((a, b) => a - b)).toEqual(gateParams.bias);
  });

  test('leaves a router that is not linear its parameters', () => {
    const measure = randomMeasure(softmax({ router: mlpRouter({ hiddenUnits: 2 }) }), linear());
    const { gateParams } = canonical(measure);
    const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
    expect(sorted(gateParams['router/layer_2/kernel']!)).toEqual(
      sorted(measure.gateParams['router/layer_2/kernel']!),
    );
  });

  test('takes the scale out of a temperature, unless it is fixed or a router makes it mean something', () => {
    const scaled = (of: MixingMeasure, c: number) => ({
      ...of,
      gateParams: mapNames(of.gateParams, (numbers) => numbers.map((value) => value * c)),
    });
    const measure = randomMeasure(temperature({ temperature: 0.5 }), linear());
    expect(canonical(measure).gateParams.temperature).toEqual([0.5]);
    expectSameNumbers(canonical(measure), canonical(scaled(measure, 3)));
    for (const gate of [
      temperature({ learned: false }),
      temperature({ router: mlpRouter({ hiddenUnits: 2 }) }),
    ]) {
      const other = randomMeasure(gate, linear());
      expect(canonical(other).gateParams.temperature).toEqual(other.gateParams.temperature);
    }
  });

  test('gives odd hidden units one sign and one order', () => {
    const expert = ffn({ hiddenUnits: 2, activation: 'tanh' });
    const at = (expertParams: MixingMeasure['expertParams']): MixingMeasure => ({
      gate: softmax(),
      expert,
      inputDim: 1,
      experts: 1,
      gateParams: { 'router/kernel': [0], bias: [0] },
      expertParams,
    });
    const form = canonical(
      at({
        'layer_1/kernel': [2, -1],
        'layer_1/bias': [3, 4],
        'layer_2/kernel': [5, 6],
        'layer_2/bias': [7],
      }),
    );
    expect(form.expertParams).toEqual({
      'layer_1/kernel': [1, 2],
      'layer_1/bias': [-4, 3],
      'layer_2/kernel': [-6, 5],
      'layer_2/bias': [7],
    });
  });

  test('gives the argument of an even power one sign, and leaves odd ones', () => {
    for (const [degree, expected] of [
      [2, [1, 2, -3]],
      [3, [-1, -2, 3]],
    ] as const) {
      const { expertParams } = canonical({
        ...randomMeasure(softmax(), polynomial({ degree }), { experts: 1 }),
        expertParams: { kernel: [-1, -2], bias: [3] },
      });
      expect([...expertParams.kernel!, ...expertParams.bias!]).toEqual(expected);
    }
  });

  test('has the same gate probabilities, in another order', () => {
    const measure = randomMeasure(softmax(), linear());
    const sorted = (of: MixingMeasure) => [...gateProbabilities(of, rows.slice(0, 1))].sort((a, b) => a - b);
    sorted(canonical(measure)).forEach((value, e) => {
      expect(value).toBeCloseTo(sorted(measure)[e]!, 12);
    });
  });
});
