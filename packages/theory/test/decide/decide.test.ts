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
function family(size: number, evaluate: LabelledFamily['evaluate']): LabelledFamily {
  const labels = Array.from({ length: size }, (_, i) => ({ text: `f${i}`, latex: `f_{${i}}`, order: 0 }));
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
  expect(texts).toContain('d_gate/kernel[0] d_expert/bias[0] F = d_expert/kernel[0,0] F (cross-order)');
  expect(texts).toContain('d_expert/bias[0] d_expert/bias[0] F = 0 (zero function)');
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
    ring.derivatives(name, ring.add(x, ring.constant(shift)), 0)[0]!;

  test('a planted relation is found, an independent set is not called dependent', () => {
    for (let trial = 0; trial < 40; trial++) {
      const size = 2 + draw.integer(3);
      const shifts = Array.from({ length: size }, (_, i) => i / 2 + draw.integer(3) / 8);
      const factors = shifts.map(() => (1 + draw.integer(8)) / 4);
      const name = trial % 2 === 0 ? 'gelu' : 'tanh';
      const of = <S>(ring: Ring<S>, [x]: readonly S[]) => shifts.map((s) => shifted(ring, x!, s, name));
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
    // The root of 1 + x^4 + 2 x^2 is 1 + x^2, but it was not made as a square.
    const verdict = decide(
      family(2, (ring, [x]) => {
        const [one, square] = [ring.constant(1), ring.dot([x!], [x!])];
        const inside = ring.dot([one, square, ring.constant(2)], [one, square, square]);
        return [ring.add(one, square), ring.derivatives('sqrt', inside, 0)[0]!];
      }),
    );
    expect(verdict).toMatchObject({ verdict: 'dependent', relations: [{ proof: 'numerical', terms: [{}] }] });
  });

  test.each([-0.5, 3, -6, 0.375, 7])(
    'roots of squares in proportion %d have its size, not its sign',
    (factor) => {
      const verdict = decide(
        family(2, (ring, [x]) => {
          const z = ring.sub(x!, ring.constant(1));
          const scaled = ring.dot([z], [ring.constant(factor)]);
          return [z, scaled].map((of) => ring.derivatives('sqrt', ring.dot([of], [of]), 0)[0]!);
        }),
      );
      expect(verdict).toMatchObject({
        verdict: 'dependent',
        relations: [{ proof: 'formal ring', text: expect.not.stringContaining('-') }],
      });
    },
  );

  test('roots in proportion that were not made as squares: no relation has the wrong sign', () => {
    for (let factor = 2; factor < 14; factor++) {
      const verdict = decide(
        family(2, (ring, [x]) => {
          const inside = ring.sub(ring.dot([x!, ring.constant(1)], [x!, ring.constant(1)]), x!);
          return [inside, ring.dot([inside], [ring.constant(factor ** 2)])].map(
            (of) => ring.derivatives('sqrt', of, 0)[0]!,
          );
        }),
        { budget: 500 },
      );
      expect(verdict).toMatchObject({ verdict: 'dependent' });
      if (verdict.verdict === 'dependent') expect(verdict.relations[0]?.text).not.toContain('-');
    }
  });

  test('no evidence from one side of the kink of a root', () => {
    const verdict = decide(
      family(3, (ring, [x]) => {
        const z = ring.sub(x!, ring.constant(9));
        return [ring.derivatives('sqrt', ring.dot([z], [z]), 0)[0]!, x!, ring.constant(1)];
      }),
    );
    expect(verdict.verdict).toBe('independent');
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

  describe('what the first points do not show', () => {
    const relu = <S>(ring: Ring<S>, x: S, shift: number): S =>
      ring.derivatives('relu', ring.add(x, ring.constant(shift)), 0)[0]!;
    const independent: readonly [string, number, number, LabelledFamily['evaluate']][] = [
      ['units that are rarely active', 1, 3, (ring, [x]) => [-2.5, -2.75, 0].map((s) => relu(ring, x!, s))],
      ['a unit that is almost never active', 1, 2, (ring, [x]) => [relu(ring, x!, -6), x!]],
      ['... hidden in a sum', 1, 2, (ring, [x]) => [ring.add(x!, relu(ring, x!, -6)), x!]],
      [
        'several units in a product',
        4,
        2,
        (ring, x) => [x.map((z) => relu(ring, z, -3)).reduce((a, b) => ring.dot([a], [b])), x[0]!],
      ],
      ['a tail below all bits', 1, 2, (ring, [x]) => [shifted(ring, x!, -40, 'gelu'), x!]],
      [
        'a tail below half of the bits, in a sum',
        1,
        2,
        (ring, [x]) => [ring.add(x!, shifted(ring, x!, -25, 'gelu')), x!],
      ],
    ];
    test.each(independent)('%s', (_name, inputDim, size, evaluate) => {
      const verdict = decide({ ...family(size, evaluate), inputDim });
      expect(verdict.verdict).toBe('independent');
    });

    test('a kink too far out for any point: inconclusive', () => {
      const far: LabelledFamily['evaluate'] = (ring, [x]) => [ring.add(x!, relu(ring, x!, -1e6)), x!];
      expect(decide(family(2, far))).toMatchObject({
        verdict: 'inconclusive',
        raise: expect.stringContaining('a single side of the kink'),
      });
      expect(decide(family(2, far), { spread: 1e6 }).verdict).toBe('independent');
    });

    test('a function too small for the bits: inconclusive', () => {
      const tiny: LabelledFamily['evaluate'] = (ring, [x]) => [
        ring.dot([x!], [ring.constant(1e-250)]),
        ring.dot([x!], [x!]),
      ];
      expect(decide(family(2, tiny)).verdict).toBe('inconclusive');
    });

    test.each([110, 160])('atoms at distance 2^-%i are never called dependent', (distance) => {
      const near: LabelledFamily['evaluate'] = (ring, [x]) =>
        [0, 2 ** -distance].flatMap((s) => [...ring.derivatives('gelu', ring.add(x!, ring.constant(s)), 2)]);
      expect(decide(family(6, near)).verdict).not.toBe('dependent');
    });
  });
});

test('a budget that is too small is said to be', () => {
  const verdict = decide(atomFamily(linearRouter(), ridge('gelu'), 4, 2), { budget: 1 });
  expect(verdict.verdict === 'independent').toBe(false);
  expect(JSON.stringify(verdict)).toContain('the budget, now 1 million operations');
});

describe('bad input', () => {
  const one = family(1, (_, x) => [x[0]!]);
  test.each([
    ['no functions', family(0, () => []), {}, 'at least one function'],
    ['fewer functions than labels', family(2, (_, x) => [x[0]!]), {}, 'as many labels as functions (1)'],
    [
      'more functions than labels',
      family(1, (_, x) => [x[0]!, x[0]!]),
      {},
      'as many labels as functions (2)',
    ],
    ['no inputs', { ...one, inputDim: 0 }, {}, 'inputDim must be'],
    ['no budget', one, { budget: 0 }, 'budget must be'],
    ['no spread', one, { spread: Number.NaN }, 'spread must be'],
    ['no bits', one, { bits: [192, 0] }, 'bits must be'],
  ] as const)('%s', (_name, of, options, message) => {
    expect(() => decide(of, options)).toThrow(message);
  });
});
