/** What is advised where some parameters are known, tied or always there is tried under the same restriction. */
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax, temperature } from '@tfjs-moe/gates';
import { identifiability, type Restriction, reportCard } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const small = { inputDim: 1, experts: 2, budget: 1500 } as const;

describe('advice for the model that was asked about', () => {
  const cases: readonly (readonly [string, object, Restriction, readonly string[]])[] = [
    [
      'numbers of experts that are known or shared: experts stay',
      { gate: temperature(), expert: gelu },
      { tied: ['expert/layer_1/bias'], known: ['expert/layer_1/kernel#0'] },
      ['fixed temperature', 'bounded router output', 'sigmoid gate'],
    ],
    [
      'lines beside one that is always there',
      { gate: softmax(), expert: linear() },
      { sharedExperts: 1 },
      ['ridge expert'],
    ],
    [
      'a router that is known: the gate stays',
      { gate: softmax(), expert: linear() },
      { known: ['gate/router'] },
      ['ridge expert', 'the true number of experts'],
    ],
    [
      'ties that a changed expert has no names for',
      { gate: softmax(), expert: linear() },
      { tied: ['expert/kernel'] },
      ['the true number of experts'],
    ],
  ];
  test.each(cases)('%s', (_name, pair, restriction, expected) => {
    const { inputDim, experts, budget } = small;
    const card = reportCard({ ...pair, inputDim, experts } as never, { ...restriction, budget });
    const names = card.advice.map(({ changes }) => changes.join(' and '));
    expect(names).toEqual(expected);
    for (const { gate, expert, standing } of card.advice) {
      const { firstOrder, secondOrder } = identifiability({
        gate,
        expert,
        ...small,
        ...restriction,
        seed: 3,
      });
      expect(firstOrder.verdict).toBe('independent');
      if (standing === 'identifiable') expect(secondOrder.verdict).toBe('independent');
    }
  });
});
