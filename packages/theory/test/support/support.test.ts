import { arrayInput, arrayOps, arrayParam } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { identifiability, type Support } from '@tfjs-moe/theory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const relu = ffn({ hiddenUnits: [], activation: 'relu', outputWeights: false });
/** Two ReLUs with kinks at 1 and at -3. */
const at = {
  gate: softmax(),
  expert: relu,
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [0.75, 0], bias: [0.25, 0] },
  expertParams: { 'layer_1/kernel': [1, 0.5], 'layer_1/bias': [-1, 1.5] },
};
const box = (low: number, high: number): Support => ({ box: [[low, high]] });
const ask = (support: Support | undefined) =>
  identifiability({ ...at, budget: 400, ...(support && { support }) }).firstOrder;

describe('a ReLU is judged where the inputs are', () => {
  test('with both kinks inside, and everywhere: independent', () => {
    expect(ask(undefined).verdict).toBe('independent');
    expect(ask(box(-4, 3)).verdict).toBe('independent');
    expect(ask(box(-4, 3)).notes.join()).toContain('judged on x1 in [-4, 3]');
  });

  test('where an atom is off everywhere its parameters have no influence, and that is proved', () => {
    const found = ask(box(-2, 0.5));
    if (found.verdict !== 'dependent') throw new Error(found.verdict);
    const zeros = found.relations.filter(({ terms }) => terms.length === 0).map(({ text }) => text);
    expect(zeros).toEqual(['d_expert/layer_1/kernel[0,0]#0 f = 0', 'd_expert/layer_1/bias[0]#0 f = 0']);
    expect(found.relations.every(({ proof }) => proof === 'formal ring')).toBe(true);
    expect(found.rest).toHaveProperty('sigmaMin');
    expect(found.notes.join()).toContain('2 of 2 kinks are met from one side alone');
  });

  test('where both are on they are two lines', () => {
    const lines = identifiability({
      ...at,
      expert: linear(),
      expertParams: { kernel: [1, 0.5], bias: [-1, 1.5] },
    }).firstOrder;
    expect(lines.verdict).toBe('independent');
    expect(ask(box(1.5, 4)).verdict).toBe('independent');
    const { secondOrder } = identifiability({ ...at, support: box(1.5, 4) });
    expect(secondOrder.verdict).toBe('dependent');
  });

  test('rows of a table decide as the box around them does, if they are on both sides of the same kinks', () => {
    const rows = (low: number, high: number) => ({
      rows: Array.from({ length: 30 }, (_, i) => [low + ((high - low) * i) / 29]),
    });
    for (const [low, high] of [
      [-4, 3],
      [-2, 0.5],
      [1.5, 4],
    ] as const)
      expect(ask(rows(low, high)).verdict).toBe(ask(box(low, high)).verdict);
    // As many functions as there are rows at least: nothing can be proved with fewer.
    expect(ask({ rows: [[-4], [0], [3]] }).verdict).not.toBe('independent');
  });
});

test('an atom that no input of the support is sent to is named', () => {
  const of = {
    gate: topK({ k: 1 }),
    expert: linear(),
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [1, -1], bias: [0, 0] },
    expertParams: { kernel: [1, 2], bias: [0, 1] },
  };
  expect(identifiability({ ...of, budget: 60, support: box(1, 2) }).firstOrder.notes.join()).toContain(
    'never selected at 400 inputs: atom 2',
  );
  expect(identifiability({ ...of, budget: 60 }).firstOrder.notes.join()).not.toContain('never selected');
});

test('no word against an atom whose kink the support crosses, wherever it is', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      (low, width, bias) => {
        const [a, b] = [1.25, Math.round(bias * 64) / 64];
        const one = {
          gate: softmax(),
          expert: relu,
          inputDim: 1,
          experts: 1,
          gateParams: { 'router/kernel': [0], bias: [0] },
          expertParams: { 'layer_1/kernel': [a], 'layer_1/bias': [b] },
        };
        const support = box(low, low + width);
        const found = identifiability({ ...one, support, budget: 100 }).firstOrder;
        const values = [low, low + width].map((x) => a * x + b);
        // The program on arrays is the judge: its output at the ends.
        const outputs = [low, low + width].map((x) => {
          const specs = relu.params(1, 1);
          const p = {
            'layer_1/kernel': arrayParam(specs['layer_1/kernel']!, 1, [a]),
            'layer_1/bias': arrayParam(specs['layer_1/bias']!, 1, [b]),
          };
          return relu.apply(arrayOps, arrayInput([[x]]), p).data[0]!;
        });
        if (outputs.every((y) => y === 0) && values.every((z) => z < -1e-9))
          expect(found.verdict).toBe('dependent');
        if (Math.min(...values) < -0.05 && Math.max(...values) > 0.05)
          expect(found.verdict).toBe('independent');
        if (Math.min(...values) > 1e-9) expect(found.verdict).toBe('independent');
      },
    ),
    { numRuns: 12 },
  );
});

test('what is no support is refused by name', () => {
  const refused = (support: unknown) => () => ask(support as Support);
  expect(refused({ box: [[1, 0]] })).toThrow('identifiability: support.box must hold intervals');
  expect(refused({ box: [] })).toThrow('an interval for each of 1 inputs');
  expect(refused({ rows: [[1, 2]] })).toThrow('support.rows must be rows of 1 finite numbers');
  expect(refused({ rows: [] })).toThrow('support must have a box of intervals or rows');
});
