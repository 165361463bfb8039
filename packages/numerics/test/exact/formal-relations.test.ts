import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, euclideanRouter, linearRouter, mlpRouter } from '@tfjs-moe/gates';
import { type Column, columns, type Ring, spreadColumn } from '@tfjs-moe/numerics';
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
  const twice = (a: typeof x) => ring.add(a, a);
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
    ['exp(2z) = exp(z)^2', () => [apply('exp', twice(z)), product(apply('exp', z), apply('exp', z))]],
    [
      'exp(y)^2 = exp(2y), the root first',
      () => [product(apply('exp', y), apply('exp', y)), apply('exp', twice(y))],
    ],
    [
      'exp(x + y) exp(-y) = exp(x)',
      () => [product(apply('exp', ring.add(x, y)), apply('exp', minus(y))), apply('exp', x)],
    ],
    [
      'exp(-z - 1) exp(1) exp(z) = 1',
      () => [product(apply('exp', minus(ring.add(z, one))), apply('exp', one), apply('exp', z)), one],
    ],
    [
      'relu(z) + relu(-z) = sqrt(z^2)',
      () => [ring.add(apply('relu', z), apply('relu', minus(z))), apply('sqrt', product(z, z))],
    ],
    [
      'sqrt(z^2) / z^2 = 1 / sqrt(z^2)',
      () => {
        const square = product(z, z);
        const root = apply('sqrt', square);
        return [product(root, apply('reciprocal', square)), apply('reciprocal', root)];
      },
    ],
    ['relu(relu(z)) = relu(z)', () => [apply('relu', apply('relu', z)), apply('relu', z)]],
    ['relu(-relu(z)) = 0', () => [apply('relu', minus(apply('relu', z))), ring.constant(0)]],
    ['relu(z - relu(z)) = 0', () => [apply('relu', ring.sub(z, apply('relu', z))), ring.constant(0)]],
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
    expect(ring.isZero(ring.sub(apply('relu', apply('relu', x)), x))).toBe(false);
    expect(ring.isZero(ring.sub(apply('exp', twice(x)), apply('exp', x)))).toBe(false);
    expect(() => apply('reciprocal', ring.sub(x, x))).toThrow('divides by it');
  });
});

test('what is proved equal is equal: programs of kinks, roots of squares and exponentials, pair by pair', () => {
  /** All of them in a ring, in an order that draws. */
  function programs<S>(ring: Ring<S>, x: S): S[] {
    const of = (name: 'exp' | 'relu' | 'sqrt', a: S) => ring.derivatives(name, a, 0)[0]!;
    const kinked = (a: S) => of('relu', a);
    const size = (a: S) => of('sqrt', ring.dot([a], [a]));
    const shifted = (a: S) => ring.sub(a, ring.constant(0.5));
    const powers = (a: S) => of('exp', a);
    const twice = (a: S) => ring.add(a, a);
    const square = (a: S) => ring.dot([a], [a]);
    const opposite = (a: S) => ring.sub(ring.constant(0), a);
    const steps = [kinked, size, shifted, twice, opposite];
    let layer = [x];
    const all: S[] = [x];
    for (let depth = 0; depth < 3; depth++) {
      layer = layer.flatMap((a) => steps.map((step) => step(a)));
      all.push(...layer);
    }
    return [...all, powers(twice(x)), square(powers(x)), powers(opposite(shifted(x))), powers(shifted(x))];
  }
  const formal = formalRing();
  const proved = programs(formal, formal.variable());
  const points = Float64Array.from({ length: 40 }, (_, n) => (n - 20) / 6.7 + 0.013);
  const values = programs<Column>(columns, points).map((value) => spreadColumn(value, points.length));
  let pairs = 0;
  proved.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      if (!formal.isZero(formal.sub(a, proved[j]!))) continue;
      pairs++;
      values[i]!.forEach((value, n) => {
        expect(value, `${i} and ${j} at ${points[n]}`).toBeCloseTo(values[j]![n]!, 9);
      });
    }
  });
  expect(pairs).toBeGreaterThan(50);
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
