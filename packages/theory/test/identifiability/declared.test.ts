import { defineExpert, defineGate } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { sigmoid, softmax } from '@tfjs-moe/gates';
import { densityIdentifiability, identifiability, interactions, rates, reportCard } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const gate = defineGate('declaredSoftmax', () => ({ ...sigmoid(), config: {}, traits: softmax().traits! }))();
const expert = defineExpert('declaredLinear', () => ({ ...tanh, config: {}, traits: linear().traits! }))();

describe('no answer is given on what a definition declares and is not', () => {
  for (const [what, pair] of Object.entries({
    gate: { gate, expert: linear() },
    expert: { gate: softmax(), expert },
  })) {
    const says = new RegExp(`${what} declared\\w+: it is not what it declares: traits\\.`);
    test(`${what}: verdicts, rates, interactions, a report`, () => {
      expect(() => identifiability({ ...pair, inputDim: 1, experts: 2 })).toThrow(says);
      expect(() =>
        densityIdentifiability({ ...pair, inputDim: 1, experts: 2, model: { family: 'gaussian' } }),
      ).toThrow(says);
      expect(() => rates(pair)).toThrow(says);
      expect(() => interactions({ ...pair, inputDim: 1 })).toThrow(says);
      expect(() => reportCard(pair)).toThrow(says);
    });
  }
});
