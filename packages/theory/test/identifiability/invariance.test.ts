/** Verdicts belong to the mixture: they do not change with names, units or the gauge. */
import type { Expert, Gate, Numbers } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { euclideanRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });

interface Case {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly gateParams: Numbers;
  readonly expertParams: Numbers;
  readonly overSpecified?: readonly number[];
}

/** Everything that must not change. */
function answerOf({ overSpecified = [0], ...of }: Case) {
  const { firstOrder, secondOrder, literal, weak } = identifiability({
    ...of,
    inputDim: 2,
    experts: 2,
    overSpecified,
  });
  const count = (of: typeof literal | typeof firstOrder) =>
    of.verdict === 'dependent' ? of.relations.map(({ knownAs }) => knownAs ?? '').sort() : [];
  return {
    firstOrder: [firstOrder.verdict, count(firstOrder)],
    secondOrder: secondOrder.verdict,
    direction: secondOrder.verdict === 'dependent' && secondOrder.direction.order,
    literal: [literal.verdict, count(literal)],
    weak: weak && [weak.pooled.verdict, weak.jacobian.verdict],
  };
}

const kernel = [0.5, -0.25, 1, 0.75];
const ofGelu = { 'layer_1/kernel': [1, -0.75, 0.25, 0.5], 'layer_1/bias': [0.25, -0.5] };
const ofLinear = { kernel: [1, -0.75, 0.25, 0.5], bias: [0.25, -0.5] };
const cases: readonly (readonly [string, Case])[] = [
  [
    'softmax, gelu',
    {
      gate: softmax(),
      expert: gelu,
      gateParams: { 'router/kernel': kernel, bias: [0.125, 1] },
      expertParams: ofGelu,
    },
  ],
  [
    'softmax, linear',
    {
      gate: softmax(),
      expert: linear(),
      gateParams: { 'router/kernel': kernel, bias: [0.125, 1] },
      expertParams: ofLinear,
    },
  ],
  [
    'temperature, gelu',
    {
      gate: temperature(),
      expert: gelu,
      gateParams: { 'router/kernel': kernel, bias: [0.125, 1], temperature: [0.75] },
      expertParams: ofGelu,
    },
  ],
  [
    'sigmoid, gelu',
    {
      gate: sigmoid(),
      expert: gelu,
      gateParams: { 'router/kernel': kernel, bias: [0.125, 1] },
      expertParams: ofGelu,
    },
  ],
  [
    'top-1, gelu',
    {
      gate: topK({ k: 1 }),
      expert: gelu,
      gateParams: { 'router/kernel': kernel, bias: [0.125, 0.25] },
      expertParams: ofGelu,
    },
  ],
];

/** The numbers of one parameter, changed. */
function changed(numbers: Numbers, name: string, change: (value: number, index: number) => number): Numbers {
  return { ...numbers, [name]: numbers[name]!.map(change) };
}

describe.each(cases)('%s', (name, given) => {
  const answer = answerOf(given);

  test('other names for the atoms', () => {
    const swapped = (numbers: Numbers): Numbers =>
      Object.fromEntries(
        Object.entries(numbers).map(([key, values]) => {
          const half = values.length / 2;
          return [key, half >= 1 ? [...values.slice(half), ...values.slice(0, half)] : values];
        }),
      );
    const { gateParams, expertParams } = given;
    const relabelled = {
      ...given,
      gateParams: swapped(gateParams),
      expertParams: swapped(expertParams),
      overSpecified: [1],
    };
    expect(answerOf(relabelled)).toEqual(answer);
  });

  test('other units of the inputs', () => {
    // x_1 times 4 and x_2 divided by 2: kernels the other way round.
    const factors = [1 / 4, 2];
    const scaled = (value: number, i: number) => value * factors[i % 2]!;
    const { gateParams, expertParams } = given;
    const weights = 'kernel' in expertParams ? 'kernel' : 'layer_1/kernel';
    const rescaled = {
      ...given,
      gateParams: changed(gateParams, 'router/kernel', scaled),
      expertParams: changed(expertParams, weights, scaled),
    };
    expect(answerOf(rescaled)).toEqual(answer);
  });

  test.skipIf(name.startsWith('sigmoid'))('another gauge', () => {
    const moved = changed(given.gateParams, 'router/kernel', (value, i) => value + [2.5, -1][i % 2]!);
    const shifted = { ...given, gateParams: changed(moved, 'bias', (value) => value - 3) };
    expect(answerOf(shifted)).toEqual(answer);
  });
});

test('the gauge of a Euclidean router: all centres move if the biases make up for it', () => {
  const of = { gate: softmax({ router: euclideanRouter() }), expert: gelu, expertParams: ofGelu };
  const given = { ...of, gateParams: { 'router/center': kernel, bias: [0.125, 1] } };
  const shift = [0.5, -1];
  const moved = {
    ...of,
    gateParams: {
      'router/center': kernel.map((value, i) => value + shift[i % 2]!),
      // 2 c . t, up to a common number
      bias: [0.125 + 2 * (0.5 * 0.5 - 0.25 * -1), 1 + 2 * (1 * 0.5 + 0.75 * -1)],
    },
  };
  const answer = answerOf(given);
  expect(answer).toMatchObject({ firstOrder: ['independent', []], secondOrder: 'independent' });
  expect(answerOf(moved)).toEqual(answer);
});
