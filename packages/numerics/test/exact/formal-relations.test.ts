import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, euclideanRouter, linearRouter, mlpRouter } from '@tfjs-moe/gates';
import type { Ring } from '@tfjs-moe/numerics';
import { fieldRelations, formalRelations, formalRing, rational } from '@tfjs-moe/numerics/exact';
import { describe, expect, test } from 'vitest';
import { atomFamily } from './families.ts';

const ridge = (activation: 'gelu' | 'geluTanh' | 'tanh' | 'sigmoid' | 'silu' | 'softplus' | 'relu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });

const pairs = [
  ...[linear(), polynomial({ degree: 3 }), constant()].map((expert) => [linearRouter(), expert] as const),
  ...(['gelu', 'geluTanh', 'tanh', 'sigmoid', 'silu', 'softplus', 'relu'] as const).map(
    (activation) => [linearRouter(), ridge(activation)] as const,
  ),
  [linearRouter(), normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon: 0 })],
  [linearRouter(), ffn({ hiddenUnits: 1, activation: 'tanh' })],
  [linearRouter(), gatedFfn({ hiddenUnits: 1, activation: 'sigmoid' })],
  [mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' }), ridge('gelu')],
  [mlpRouter({ hiddenUnits: 1, activation: 'gelu', outputActivation: 'sigmoid' }), linear()],
  [euclideanRouter(), ridge('tanh')],
] as const;

describe('formal relations are those that the prime fields find', () => {
  test.each(
    pairs.map(([router, expert]) => ({
      name: `${router.kind}, ${JSON.stringify(expert.config)}`,
      router,
      expert,
    })),
  )('$name', ({ router, expert }) => {
    for (const inputDim of [1, 2]) {
      const family = atomFamily(router, expert, inputDim);
      const formal = formalRelations(family);
      const field = fieldRelations(family, { primes: 12 });
      expect(formal.pivots).toEqual(field.pivots);
      expect(formal.relations).toEqual(field.relations);
    }
  });

  test('but for irrational coefficients, which only the fields notice', () => {
    // The length of the kernel is a square root that no rational number replaces.
    const family = atomFamily(cosineRouter({ epsilon1: 0.5, learned: false }), linear(), 2);
    const field = fieldRelations(family);
    expect(field.unread.length).toBeGreaterThan(0);
    expect(formalRelations(family).relations.length).toBeLessThan(
      field.relations.length + field.unread.length,
    );
  });

  test('for two atoms', () => {
    const family = atomFamily(linearRouter(), ridge('gelu'), 1, 2);
    expect(formalRelations(family)).toEqual(fieldRelations(family, { primes: 8 }));
  });
});

describe('identities', () => {
  const ring = formalRing();
  const x = ring.variable();
  const y = ring.variable();
  const one = ring.constant(1);
  const product = (...factors: (typeof x)[]) => factors.reduce((a, b) => ring.dot([a], [b]));
  const apply = (name: Parameters<typeof ring.derivatives>[0], z: typeof x) =>
    ring.derivatives(name, z, 0)[0]!;
  const minus = (z: typeof x) => ring.sub(ring.constant(0), z);
  const z = ring.sub(product(x, y), ring.constant(0.75));

  test.each([
    ['exp(z) exp(-z) = 1', () => [product(apply('exp', z), apply('exp', minus(z))), one]],
    ['z / z = 1', () => [product(z, apply('reciprocal', z)), one]],
    ['sqrt(z)^2 = z', () => [product(apply('sqrt', z), apply('sqrt', z)), z]],
    [
      'sqrt(2)^2 = 2',
      () => [product(apply('sqrt', ring.constant(2)), apply('sqrt', ring.constant(2))), ring.constant(2)],
    ],
    ['gelu(z) - gelu(-z) = z', () => [ring.sub(apply('gelu', z), apply('gelu', minus(z))), z]],
    ['relu(z) - relu(-z) = z', () => [ring.sub(apply('relu', z), apply('relu', minus(z))), z]],
    ['relu(z) relu(-z) = 0', () => [product(apply('relu', z), apply('relu', minus(z))), ring.constant(0)]],
    [
      'tanh(z) = 2 sigmoid(2z) - 1',
      () => [
        apply('tanh', z),
        ring.sub(product(ring.constant(2), apply('sigmoid', product(ring.constant(2), z))), one),
      ],
    ],
  ] as const)('%s', (_name, sides) => {
    const [left, right] = sides();
    expect(ring.isZero(ring.sub(left!, right!))).toBe(true);
  });

  test('what is not an identity stays unequal', () => {
    expect(ring.isZero(ring.sub(apply('exp', x), apply('exp', y)))).toBe(false);
    expect(ring.isZero(ring.sub(apply('gelu', x), apply('relu', x)))).toBe(false);
    expect(ring.isZero(ring.sub(apply('sqrt', product(x, x)), x))).toBe(false);
    expect(() => apply('reciprocal', ring.sub(x, x))).toThrow('divides by it');
  });
});

test('coefficients are exact', () => {
  const family = {
    inputDim: 1,
    evaluate<S>(ring: Ring<S>, [x]: readonly S[]) {
      const at = x!;
      const [f, first, second] = ring.derivatives('tanh', at, 2) as [S, S, S];
      // tanh'' = -2 tanh tanh', of which a tenth is no dyadic number
      const tenth = ring.dot([second], [ring.derivatives('reciprocal', ring.constant(10), 0)[0]!]);
      return [ring.dot([f], [first]), tenth];
    },
  };
  expect(formalRelations(family).relations).toEqual([
    { column: 1, coefficients: new Map([[0, rational(-1n, 5n)]]) },
  ]);
});
