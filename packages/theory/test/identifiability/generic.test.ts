/** Verdicts at parameters that are drawn do not depend on which, and say for which parameters they hold. */
import { defineExpert, type Gate } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear } from '@tfjs-moe/experts';
import { expertThreshold, hash, hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type IdentifiabilityOptions, identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'tanh' | 'gelu' | 'relu', useBias = true) =>
  ffn({ hiddenUnits: [], activation, outputWeights: false, useBias });

const wordsOf = ({ firstOrder, secondOrder, literal }: ReturnType<typeof identifiability>) =>
  [firstOrder, secondOrder, literal].map((of) =>
    of.verdict === 'dependent' && 'relations' in of ? `dependent by ${of.relations.length}` : of.verdict,
  );

describe('verdicts that hung on coincidences of the parameters are those of almost all of them', () => {
  const pairs: [string, IdentifiabilityOptions, string[]][] = [
    [
      'tanh without a bias, four atoms: -eta was drawn for eta',
      { gate: softmax(), expert: ridge('tanh', false), inputDim: 1, experts: 4 },
      ['independent', 'independent', 'independent'],
    ],
    [
      'linear without a bias, three atoms: two gates were one',
      { gate: softmax(), expert: linear({ useBias: false }), inputDim: 1, experts: 3 },
      ['independent', 'dependent', 'dependent by 15'],
    ],
    [
      'constants, three atoms',
      { gate: softmax(), expert: constant(), inputDim: 1, experts: 3 },
      ['independent', 'dependent', 'dependent by 15'],
    ],
    [
      'a gated expert of two units, whose default seed was special',
      { gate: softmax(), expert: gatedFfn({ hiddenUnits: 2, activation: 'gelu' }), inputDim: 1, experts: 2 },
      ['dependent by 4', 'dependent', 'dependent by 50'],
    ],
  ];
  test.each(pairs)('%s', (_, options, words) => {
    for (let seed = 0; seed < 5; seed++)
      expect(wordsOf(identifiability({ ...options, seed })), `seed ${seed}`).toEqual(words);
  });
});

describe('every verdict says for which parameters it holds', () => {
  const asked = (gate: Gate, expert = ridge('tanh')) => {
    const { firstOrder, secondOrder, literal } = identifiability({ gate, expert, inputDim: 1, experts: 2 });
    return [firstOrder, secondOrder, literal].map(({ quantifier, draws }) => `${quantifier}, ${draws}`);
  };
  test('analytic functions: independent at almost all parameters by one draw, dependent at all by two', () => {
    expect(asked(softmax())).toEqual(['almost all parameters, 1', 'the draws, 2', 'all parameters, 2']);
    expect(asked(temperature())).toEqual(['all parameters, 2', 'all parameters, 2', 'all parameters, 2']);
  });

  test('kinks and selections: the region that was sampled', () => {
    for (const words of [asked(softmax(), ridge('relu')), asked(topK({ k: 1 }))])
      for (const word of words) expect(word).toMatch(/^(the region sampled|undecided), [12]$/);
  });

  test('parameters that are given: these', () => {
    const shape = { gate: softmax(), expert: ridge('tanh', false), inputDim: 1, experts: 2 };
    const { firstOrder, secondOrder, literal } = identifiability({
      ...shape,
      gateParams: { 'router/kernel': [1, 2], bias: [0, 0.5] },
      expertParams: { 'layer_1/kernel': [0.5, -0.5] },
    });
    for (const { quantifier, draws } of [firstOrder, secondOrder, literal])
      expect([quantifier, draws]).toEqual(['at these parameters', 0]);
    expect(literal.verdict).toBe('dependent');
    expect(identifiability(shape).literal.verdict).toBe('independent');
  });

  test('distinct is never more than up to symmetries, which are listed', () => {
    const symmetries = (expert: ReturnType<typeof ridge>, gate: Gate = softmax()) =>
      identifiability({ gate, expert, inputDim: 1, experts: 2, budget: 1 }).symmetries;
    expect(symmetries(ridge('tanh', false))).toEqual([
      'permutations: atoms change places',
      'sign flips: two atoms with opposite layer_1/kernel, for tanh(-z) = -tanh(z)',
    ]);
    expect(symmetries(ffn({ hiddenUnits: 2, activation: 'tanh' }), sigmoid())).toEqual([
      'permutations: atoms change places',
      'permutations: the 2 hidden units behind layer_1/kernel, layer_1/bias change places',
      'sign flips: layer_1/kernel, layer_1/bias, layer_2/kernel of a unit are negated together',
    ]);
    const ofTree = (groups: number | readonly number[], experts: number) =>
      identifiability({ gate: hierarchical({ groups }), expert: linear(), inputDim: 1, experts, budget: 1 })
        .symmetries;
    expect(ofTree(2, 4)).toEqual(['permutations: atoms change places, within their groups and with them']);
    expect(ofTree([2, 1], 3)).toEqual([
      'permutations: atoms change places, within their groups, and with them where groups have the same shape',
    ]);
  });
});

test('draws that disagree say so, and the one with the fewest relations is told', () => {
  // Half of all parameters have no influence: where a < 0 the expert is tanh(x) whatever a is.
  const expert = defineExpert('halfDead', () => ({
    config: {},
    params: () => ({
      a: { shape: [1, 1], initializer: 'zeros' as never },
      b: { shape: [1], initializer: 'zeros' as never },
    }),
    apply: (ops, x, p) => ops.add(ops.activation('tanh', ops.mul(x, ops.activation('relu', p.a!))), p.b!),
  }))();
  const seen = new Set<string>();
  for (let seed = 0; seed < 8; seed++) {
    const { firstOrder } = identifiability({ gate: softmax(), expert, inputDim: 1, experts: 1, seed });
    const disagreement = firstOrder.notes.find((note) => note.includes('disagree'));
    seen.add(disagreement ?? firstOrder.verdict);
    if (disagreement) expect(firstOrder.verdict).toBe('independent');
  }
  expect(seen).toContain(
    'draws of parameters disagree: dependent by 1 relations at one, independent at another',
  );
});

describe('gates with thresholds, and with tables', () => {
  const asked = { expert: constant(), inputDim: 1, experts: 3, budget: 1000 };

  test('thresholds select too: what holds, holds for the region sampled', () => {
    const { firstOrder } = identifiability({ ...asked, gate: expertThreshold() });
    expect(firstOrder.quantifier).toBe('the region sampled');
    expect(firstOrder.notes.join()).toContain('the gate selects');
  });

  test('a table of tokens is refused for its side input, however long it is', () => {
    expect(() => identifiability({ ...asked, gate: hash() })).toThrow('hash: needs the side input tokenId');
  });
});
