import { stream } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, linearRouter, mlpRouter } from '@tfjs-moe/gates';
import type { Ring } from '@tfjs-moe/numerics';
import { decide, type LabelledFamily } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { atomFamily } from '../atom-family.ts';

const ridge = (activation: 'gelu' | 'tanh' | 'sigmoid' | 'relu', useBias = true) =>
  ffn({ hiddenUnits: [], activation, outputWeights: false, useBias });

/** A family of functions of one input, named f0, f1, ... */
function family(size: number, evaluate: LabelledFamily['evaluate'], atoms = false): LabelledFamily {
  const labels = Array.from({ length: size }, (_, i) => ({
    text: `f${i}`,
    latex: `f_{${i}}`,
    order: 0,
    ...(atoms && { atom: i }),
  }));
  return { inputDim: 1, labels, evaluate };
}

describe('ranks of one atom under a softmax gate, two inputs, as in the published table', () => {
  test.each([
    ['linear', linear(), 21, 9],
    ['polynomial', polynomial({ degree: 2 }), 21, 12],
    ['constant', constant(), 10, 6],
    ['gelu', ridge('gelu'), 21, 18],
    ['tanh', ridge('tanh'), 21, 18],
    ['gelu without bias', ridge('gelu', false), 15, 14],
    ['relu', ridge('relu'), 21, 9],
    [
      'direction',
      normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon: 0 }),
      21,
      19,
    ],
  ] as const)('%s', (_name, expert, size, rank) => {
    const verdict = decide(atomFamily(linearRouter(), expert, 2));
    if (verdict.verdict !== 'dependent') throw new Error(verdict.verdict);
    expect(verdict.remaining).toHaveLength(rank);
    expect(verdict.remaining.length + verdict.relations.length).toBe(size);
    expect(new Set(verdict.relations.map(({ proof }) => proof))).toEqual(new Set(['formal ring']));
    expect('sigmaMin' in verdict.rest && verdict.rest.sigmaMin).toBeGreaterThan(0);
  });

  test('gelu without bias and one input is independent', () => {
    const verdict = decide(atomFamily(linearRouter(), ridge('gelu', false), 1));
    expect(verdict).toMatchObject({ verdict: 'independent', level: 'float64' });
  });
});

test('relations are classified and written down', () => {
  const verdict = decide(atomFamily(linearRouter(), linear(), 1));
  const relations = verdict.verdict === 'dependent' ? verdict.relations : [];
  const texts = relations.map(({ text, kind }) => `${text} (${kind})`);
  expect(texts).toContain('d_gate/kernel[0] d_expert/bias[0] F0 = d_expert/kernel[0,0] F0 (cross-order)');
  expect(texts).toContain('d_expert/bias[0] d_expert/bias[0] F0 = 0 (zero function)');
  const router = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
  const bounded = decide(atomFamily(router, ridge('gelu'), 2));
  expect(bounded).toMatchObject({ verdict: 'dependent', relations: [{ kind: 'same-order duplicate' }] });
});

test('relations with irrational coefficients are evidence, and called so', () => {
  const verdict = decide(atomFamily(cosineRouter({ epsilon1: 0.5, learned: false }), linear(), 2));
  const proofs = verdict.verdict === 'dependent' ? verdict.relations.map(({ proof }) => proof) : [];
  expect(proofs).toContain('formal ring');
  expect(proofs).toContain('numerical');
});

describe('soundness', () => {
  const draw = stream(3, 'planted');
  const shifted = <S>(ring: Ring<S>, x: S, shift: number, name: 'gelu' | 'exp' | 'tanh') =>
    ring.derivatives(name, ring.add(x, ring.constant(shift)), 0)[0] as S;

  test('a planted relation is found, an independent set is not called dependent', () => {
    for (let trial = 0; trial < 40; trial++) {
      const size = 2 + draw.integer(3);
      const shifts = Array.from({ length: size }, (_, i) => i / 2 + draw.integer(3) / 8);
      const factors = shifts.map(() => (1 + draw.integer(8)) / 4);
      const name = trial % 2 === 0 ? 'gelu' : 'tanh';
      const of = <S>(ring: Ring<S>, [x]: readonly S[]) => shifts.map((s) => shifted(ring, x as S, s, name));
      const planted = decide(
        family(size + 1, (ring, x) => {
          const values = of(ring, x);
          return [...values, ring.dot(values, factors.map(ring.constant))];
        }),
      );
      expect(planted).toMatchObject({ verdict: 'dependent', relations: [{ proof: 'formal ring' }] });
      expect(planted.verdict === 'dependent' && planted.remaining).toHaveLength(size);
      expect(decide(family(size, of)).verdict).toBe('independent');
    }
  });

  test('a relation that no identity knows is never called independent', () => {
    // |x| = sqrt(x^2) = relu(x) + relu(-x), but the symbols for them are strangers.
    const verdict = decide(
      family(2, (ring, [x]) => {
        const minus = ring.sub(ring.constant(0), x!);
        const absolute = ring.add(
          ring.derivatives('relu', x!, 0)[0]!,
          ring.derivatives('relu', minus, 0)[0]!,
        );
        return [absolute, ring.derivatives('sqrt', ring.dot([x!], [x!]), 0)[0]!];
      }),
    );
    expect(verdict).toMatchObject({ verdict: 'dependent', relations: [{ proof: 'numerical', terms: [{}] }] });
  });

  test.each([4, 12, 20, 26, 50])('functions at distance 2^-%i are told apart', (distance) => {
    const of = (ring: Ring<unknown>, [x]: readonly unknown[]) =>
      [0, 2 ** -distance, 1, 1 + 2 ** -distance].map((s) => shifted(ring, x, s, 'gelu'));
    expect(decide(family(4, of as LabelledFamily['evaluate'])).verdict).toBe('independent');
  });

  test('in a tiny interval more bits are needed and taken', () => {
    const six: LabelledFamily['evaluate'] = (ring, [x]) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((s) => shifted(ring, x!, s / 2, 'tanh'));
    const verdict = decide(family(8, six), { spread: 2 ** -30 });
    expect(verdict.verdict).toBe('independent');
    expect(verdict.verdict === 'independent' && verdict.bits).toBeGreaterThan(192);
    expect(decide(family(8, six), { spread: 2 ** -30, bits: [64] })).toMatchObject({
      verdict: 'inconclusive',
      bits: 64,
    });
  });

  test('units that are rarely active are met', () => {
    const of: LabelledFamily['evaluate'] = (ring, [x]) =>
      [-2.5, -2.75, 0].map((s) => ring.derivatives('relu', ring.add(x!, ring.constant(s)), 0)[0]!);
    expect(decide(family(3, of, true)).verdict).toBe('independent');
  });
});

test('a budget that is too small is said to be', () => {
  const verdict = decide(atomFamily(linearRouter(), ridge('gelu'), 4, 2), { budget: 1 });
  expect(verdict.verdict === 'independent').toBe(false);
  expect(JSON.stringify(verdict)).toContain('the budget, now 1 ms');
  expect(() => decide(family(0, () => []))).toThrow('at least one function');
  expect(() =>
    decide(
      family(1, (_, x) => [x[0]!]),
      { budget: 0 },
    ),
  ).toThrow('budget must be');
});
