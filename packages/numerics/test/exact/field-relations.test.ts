import { stream } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { linearRouter, mlpRouter } from '@tfjs-moe/gates';
import type { Ring } from '@tfjs-moe/numerics';
import {
  type FunctionFamily,
  fieldRelations,
  type Relation,
  rational,
  rationalText,
} from '@tfjs-moe/numerics/exact';
import { type Ball, balls } from '@tfjs-moe/numerics/precise';
import { certifyRank } from '@tfjs-moe/numerics/rank';
import { describe, expect, test } from 'vitest';
import { atomFamily } from './families.ts';

const BITS = 192;
const ridge = (activation: 'gelu' | 'tanh' | 'sigmoid' | 'silu' | 'softplus' | 'relu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });

function text({ column, coefficients }: Relation, labels: readonly string[]): string {
  const terms = [...coefficients].map(([i, c]) => `${rationalText(c)} ${labels[i]}`);
  return `${labels[column]} = ${terms.join(' + ') || '0'}`;
}

/** The family at random points in balls. */
function sampled(family: FunctionFamily, points: number): readonly Ball[][] {
  const ring = balls(BITS);
  const draw = stream(8, 'points');
  return Array.from({ length: points }, () => {
    const x = Array.from({ length: family.inputDim }, () =>
      ring.constant(Math.round(draw.normal() * 4096) / 2048),
    );
    return [...family.evaluate(ring, x)];
  });
}

/** Sizes and ranks are those of the method's table; one atom, two inputs. */
const table = [
  { name: 'linear', expert: linear(), size: 21, rank: 9 },
  { name: 'polynomial 2', expert: polynomial({ degree: 2 }), size: 21, rank: 12 },
  { name: 'polynomial 3', expert: polynomial({ degree: 3 }), size: 21, rank: 12 },
  { name: 'constant', expert: constant(), size: 10, rank: 6 },
  { name: 'gelu', expert: ridge('gelu'), size: 21, rank: 18 },
  { name: 'tanh', expert: ridge('tanh'), size: 21, rank: 18 },
  { name: 'sigmoid', expert: ridge('sigmoid'), size: 21, rank: 18 },
  { name: 'relu', expert: ridge('relu'), size: 21, rank: 9 },
  {
    name: 'gelu of the direction',
    expert: normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon: 0 }),
    size: 21,
    rank: 19,
  },
];

describe('one atom under a softmax gate, two inputs', () => {
  test.each(table)('$name: rank $rank of $size, proved from both sides', ({ expert, size, rank }) => {
    const family = atomFamily(linearRouter(), expert, 2);
    const { pivots, relations } = fieldRelations(family);
    expect([family.labels.length, pivots.length, relations.length]).toEqual([size, rank, size - rank]);
    // No more relations than these: the pivots are independent.
    const rows = sampled(family, 2 * rank);
    const certificate = certifyRank(
      rows.map((row) => pivots.map((i) => row[i]!)),
      BITS,
    );
    expect(certificate.certified).toBe(true);
    // No fewer: each holds at points that nobody chose.
    const ring = balls(BITS);
    for (const relation of relations) {
      for (const row of rows) {
        const { mid, rad } = defect(ring, relation, row);
        expect((mid < 0n ? -mid : mid) <= rad).toBe(true);
        expect(rad < 1n << 90n).toBe(true);
      }
    }
  });

  /** f_column minus its combination. */
  function defect(ring: Ring<Ball>, { column, coefficients }: Relation, row: readonly Ball[]): Ball {
    const terms = [...coefficients].map(([i, { numerator, denominator }]) => {
      const c = { mid: (numerator << BigInt(BITS)) / denominator, rad: 1n };
      return ring.dot([c], [row[i]!]);
    });
    return terms.reduce(ring.sub, row[column]!);
  }

  test.each([
    ['linear', linear(), 'expert/kernel[0,0]', 'expert/bias[0]'],
    ['gelu', ridge('gelu'), 'expert/layer_1/kernel[0,0]', 'expert/layer_1/bias[0]'],
    ['softplus', ridge('softplus'), 'expert/layer_1/kernel[0,0]', 'expert/layer_1/bias[0]'],
  ] as const)('the partial differential equation (9) holds for %s', (_name, expert, kernel, bias) => {
    const { labels, ...family } = atomFamily(linearRouter(), expert, 1);
    const found = fieldRelations(family).relations.map((relation) => text(relation, labels));
    expect(found).toContain(`d_gate/kernel[0] d_${bias} F = 1 d_${kernel} F`);
  });

  test('an expert that ends linearly: v d_v F = F, with the value of v', () => {
    const expert = ffn({ hiddenUnits: 1, activation: 'tanh', useBias: false });
    const { labels, ...family } = atomFamily(linearRouter(), expert, 1);
    const { relations } = fieldRelations(family);
    const first = relations.find(({ column }) => labels[column] === 'd_expert/layer_2/kernel[0,0] F');
    expect(first && labels[[...first.coefficients.keys()][0]!]).toBe('F');
  });
});

test('a bounded router is tied to nothing but the symmetry of mixed derivatives', () => {
  const router = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
  const { labels, ...family } = atomFamily(router, ridge('gelu'), 2);
  const found = fieldRelations(family).relations.map((relation) => text(relation, labels));
  expect(found).toHaveLength(1);
});

describe('planted relations come back', () => {
  test('with their fractions', () => {
    const family: FunctionFamily = {
      inputDim: 1,
      evaluate<S>(ring: Ring<S>, [x]: readonly S[]) {
        const at = x!;
        const [exp] = ring.derivatives('exp', at, 0) as [S];
        const [tanh] = ring.derivatives('tanh', at, 0) as [S];
        const mixed = ring.dot([ring.constant(-2.625), ring.constant(0.001953125)], [exp, tanh]);
        return [exp, tanh, mixed, ring.dot([at], [at]), ring.constant(0)];
      },
    };
    const { pivots, relations } = fieldRelations(family);
    expect(pivots).toEqual([0, 1, 3]);
    expect(relations).toEqual([
      {
        column: 2,
        coefficients: new Map([
          [0, rational(-21n, 8n)],
          [1, rational(1n, 512n)],
        ]),
      },
      { column: 4, coefficients: new Map() },
    ]);
  });

  test.each([
    ['sigmoid(-z) = 1 - sigmoid(z)', 'sigmoid'],
    ['gelu(z) - gelu(-z) = z', 'gelu'],
    ['softplus(z) - softplus(-z) = z', 'softplus'],
    ['tanh(-z) = -tanh(z)', 'tanh'],
  ] as const)('%s', (_name, activation) => {
    const family: FunctionFamily = {
      inputDim: 1,
      evaluate<S>(ring: Ring<S>, [x]: readonly S[]) {
        const z = ring.dot([x!], [ring.constant(1.5)]);
        const [right] = ring.derivatives(activation, z, 0) as [S];
        const [left] = ring.derivatives(activation, ring.sub(ring.constant(0), z), 0) as [S];
        return [x!, ring.constant(1), right, left];
      },
    };
    expect(fieldRelations(family).relations.map(({ column }) => column)).toEqual([3]);
  });

  test('a fraction too long for the primes is left unread, not misread', () => {
    const family: FunctionFamily = {
      inputDim: 1,
      evaluate: <S>(ring: Ring<S>, [x]: readonly S[]) => [x!, ring.dot([x!], [ring.constant(Math.PI)])],
    };
    expect(fieldRelations(family, { primes: 2 })).toEqual({ pivots: [0], relations: [], unread: [1] });
    const [relation] = fieldRelations(family, { primes: 8 }).relations;
    const { numerator, denominator } = relation?.coefficients.get(0) ?? rational(0n);
    expect(Number(numerator) / Number(denominator)).toBe(Math.PI);
  });
});

test('a product of several steps is not taken for zero, though half of the inputs make each of them zero', () => {
  const family: FunctionFamily = {
    inputDim: 6,
    evaluate<S>(ring: Ring<S>, x: readonly S[]) {
      const units = x.map((z): S => ring.derivatives('relu', z, 0)[0]!);
      return [units.reduce((product, unit) => ring.dot([product], [unit]))];
    },
  };
  for (const seed of [0, 1, 2, 3]) expect(fieldRelations(family, { seed }).pivots).toEqual([0]);
});
