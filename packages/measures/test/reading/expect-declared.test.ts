import {
  defineExpert,
  defineGate,
  defineRouter,
  type ExpertTraits,
  type GateTraits,
  type RouterTraits,
} from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, linearRouter, sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { asDeclared, canonical, gateGauge, gateTraits, traitsOf } from '@tfjs-moe/measures';
import { randomMeasure } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';

const gate = (of = softmax(), traits?: GateTraits) =>
  defineGate('declaredGate', () => ({ ...of, config: {}, ...(traits && { traits }) }))();
const router = (of = linearRouter(), traits?: RouterTraits) =>
  defineRouter('declaredRouter', () => ({ ...of, config: {}, ...(traits && { traits }) }))();
const expert = (of = linear(), traits?: ExpertTraits) =>
  defineExpert('declaredExpert', () => ({ ...of, config: {}, ...(traits && { traits }) }))();

const smooth = ffn({ hiddenUnits: 3, activation: 'tanh' });

describe('a definition that is not what it declares is refused wherever its traits are read', () => {
  const cases: [string, () => unknown, RegExp][] = [
    [
      'a sigmoid that says it is a softmax',
      () => traitsOf(gate(sigmoid(), softmax().traits)),
      /traits\.form says/,
    ],
    [
      'one that selects and says it does not',
      () => traitsOf(gate(topK({ k: 2 }), softmax().traits)),
      /traits\.form/,
    ],
    [
      'a freedom that is none',
      () =>
        gateGauge(
          gate(sigmoid(), {
            gauge: () => [
              {
                fixed: [{ name: 'bias', copy: 0 }],
                move: (numbers, [t = 0]) => ({ ...numbers, bias: numbers.bias!.map((b) => b + t) }),
              },
            ],
          }),
          2,
          4,
        ),
      /traits\.gauge\[0\]/,
    ],
    [
      'a router of another activation',
      () => traitsOf(router(linearRouter(), { form: { of: 'input', kernel: 'kernel', activation: 'tanh' } })),
      /router declaredRouter: it is not what it declares: traits\.form says/,
    ],
    [
      'a router that is not homogeneous of that degree',
      () => traitsOf(router(linearRouter(), { homogeneous: [{ parameters: ['kernel'], degree: 2 }] })),
      /traits\.homogeneous\[0\]/,
    ],
    [
      'an expert that is not linear in what it names',
      () => traitsOf(expert(smooth, { linearIn: ['hidden_0/kernel'] })),
      /expert declaredExpert: it is not what it declares: traits\.linearIn/,
    ],
    [
      'units whose signs do not matter',
      () => traitsOf(expert(ffn({ hiddenUnits: 3, activation: 'gelu' }), { units: smooth.traits!.units! })),
      /traits\.units|changing|signs/,
    ],
  ];
  for (const [what, read, says] of cases) {
    test(what, () => {
      expect(read).toThrow(/it is not what it declares/);
      expect(read).toThrow(says);
    });
  }

  test('each time that it is asked, and at every number of experts', () => {
    const liar = gate(sigmoid(), softmax().traits);
    for (const experts of [2, 4, 4]) {
      expect(() => gateGauge(liar, 2, experts)).toThrow(/gate declaredGate: it is not what it declares/);
    }
  });

  test('in the levels of a tree', () => {
    const tree = hierarchical({
      groups: 2,
      inner: softmax({ router: router(linearRouter(), cosineTraits) }),
    });
    const measure = randomMeasure({ gate: tree, expert: linear(), inputDim: 2, experts: 4 });
    expect(() => canonical(measure)).toThrow(/router declaredRouter: it is not what it declares/);
  });
});

/** A scale of the kernel that the score would not see. */
const cosineTraits: RouterTraits = { homogeneous: [{ parameters: ['kernel'], degree: 0 }] };

test('what is declared and true is believed', () => {
  expect(traitsOf(gate(softmax(), softmax().traits)).sources.form).toBe('declared');
  expect(traitsOf(router(linearRouter(), linearRouter().traits)).sources.form).toBe('declared');
  expect(traitsOf(expert(smooth, smooth.traits)).sources.units).toBe('declared');
});

test('one that takes a single output is asked of that; sizes that a definition refuses are no falsehood', () => {
  const single = (traits: ExpertTraits) =>
    expert(
      {
        ...smooth,
        params(inputDim, units) {
          if (units !== 1) throw new Error('one output');
          return smooth.params(inputDim, units);
        },
      },
      traits,
    );
  expect(traitsOf(single(smooth.traits!)).sources.units).toBe('declared');
  expect(() => traitsOf(single({ linearIn: ['hidden_0/kernel'] }))).toThrow(/it is not what it declares/);
  expect(gateTraits(hierarchical({ groups: 2 }), 3).form).toBeUndefined();
});

test('a definition made of another is read as it declares where one says so', () => {
  const seesFirst = router(
    {
      ...linearRouter(),
      params: (inputDim: number) => linearRouter().params(inputDim - 1),
      logit: (ops, x, p) => linearRouter().logit(ops, ops.take(x, [0, 1]), p as never),
    } as ReturnType<typeof linearRouter>,
    linearRouter().traits,
  );
  expect(() => traitsOf(seesFirst)).toThrow(/a kernel of the input must have 3 numbers/);
  expect(traitsOf(asDeclared(seesFirst)).form).toEqual(linearRouter().traits!.form);
});

describe('one that runs at a single size', () => {
  const only = (inputs: number, outputs?: number) =>
    expert(
      {
        ...smooth,
        params(inputDim, units) {
          if (inputDim !== inputs || (outputs ?? units) !== units) throw new Error('another size');
          return smooth.params(inputDim, units);
        },
      },
      { linearIn: ['hidden_0/kernel'] },
    );

  test.each([only(5), only(3, 3), only(16, 12)])('is tried at it', (one) => {
    expect(() => traitsOf(one)).toThrow(/it is not what it declares/);
  });

  test('is not believed where that is none of those that are tried', () => {
    expect(traitsOf(only(37)).linearIn).toBeUndefined();
  });
});
