import { stream } from '@tfjs-moe/core';
import { linear, polynomial } from '@tfjs-moe/experts';
import { linearRouter } from '@tfjs-moe/gates';
import type { Ring } from '@tfjs-moe/numerics';
import {
  type FunctionFamily,
  fieldRelations,
  formalRelations,
  formalRing,
  modularRelations,
  rational,
} from '@tfjs-moe/numerics/exact';
import { describe, expect, test } from 'vitest';
import { atomFamily } from './families.ts';

function expressionsOf(family: FunctionFamily) {
  const ring = formalRing();
  return family.evaluate(
    ring,
    Array.from({ length: family.inputDim }, () => ring.variable()),
  );
}

/** Random cubic polynomials of three variables: all share their 20 monomials. */
function dense(size: number): FunctionFamily {
  const draw = stream(6, 'dense');
  const coefficients = Array.from({ length: size }, () =>
    Array.from({ length: 20 }, () => (draw.integer(255) - 127) / 8),
  );
  return {
    inputDim: 3,
    evaluate<S>(ring: Ring<S>, x: readonly S[]) {
      const list = [ring.constant(1), ...x];
      const monomials = list.flatMap((a, i) =>
        list.slice(i).flatMap((b, j) => list.slice(i + j).map((c) => ring.dot([ring.dot([a], [b])], [c]))),
      );
      return coefficients.map((row) => ring.dot(row.map(ring.constant), monomials));
    },
  };
}

describe('the basis is that of elimination over the rationals', () => {
  test.each([
    ['linear', atomFamily(linearRouter(), linear(), 2, 2)],
    ['polynomial', atomFamily(linearRouter(), polynomial({ degree: 2 }), 2, 2)],
    ['few dense polynomials', dense(24)],
  ])('%s', (_name, family) => {
    const basis = formalRelations(family);
    expect(modularRelations(expressionsOf(family))).toEqual(basis);
    expect(basis.relations.length).toBeGreaterThan(0);
  });
});

test('fractions of hundreds of digits are found, as by enough prime fields', () => {
  const family = dense(45);
  const basis = formalRelations(family);
  expect(basis.pivots).toHaveLength(20);
  expect(basis.relations).toHaveLength(25);
  const digits = [...basis.relations[0]!.coefficients.values()].map(({ numerator }) => `${numerator}`.length);
  expect(Math.max(...digits)).toBeGreaterThan(40);
  expect(fieldRelations(family, { primes: 24 })).toEqual(basis);
});

test('nothing without relations, and zero is one', () => {
  const ring = formalRing();
  const x = ring.variable();
  expect(modularRelations([x, ring.dot([x], [x])])).toEqual({ pivots: [0, 1], relations: [], unread: [] });
  expect(modularRelations([x, ring.constant(0), ring.dot([x], [ring.constant(-0.75)])])).toEqual({
    pivots: [0],
    relations: [
      { column: 1, coefficients: new Map() },
      { column: 2, coefficients: new Map([[0, rational(-3n, 4n)]]) },
    ],
    unread: [],
  });
});

test('a checkpoint ends the work', () => {
  const stop = () => {
    throw new Error('over');
  };
  expect(() => modularRelations(expressionsOf(dense(24)), stop)).toThrow('over');
  expect(() => formalRelations(dense(24), stop)).toThrow('over');
});
