/**
 * Thousands of random families through `decide`: with a planted exact relation never independent, without one never
 * dependent; and families that are nearly dependent, for which the precision must rise by itself.
 */
import { type Stream, stream } from '@tfjs-moe/core';
import type { Elementary, Ring } from '@tfjs-moe/numerics';
import { decide, type LabelledFamily, type Verdict } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

function family(inputDim: number, size: number, evaluate: LabelledFamily['evaluate']): LabelledFamily {
  const labels = Array.from({ length: size }, (_, i) => ({ text: `f${i}`, latex: `f_{${i}}`, order: 0 }));
  return { inputDim, labels, evaluate };
}

/** $x^p\,\sigma^{(q)}(a\cdot x + b)$: what experts and their derivatives are made of. */
interface Term {
  readonly activation: Elementary;
  readonly derivative: 0 | 1 | 2;
  readonly slopes: readonly number[];
  readonly offset: number;
  readonly powers: readonly number[];
}

const eighth = (draw: Stream) => (draw.integer(2) === 0 ? -1 : 1) * ((1 + draw.integer(16)) / 8);

/** Terms of one activation that no two share a unit and a power, units distinct also up to sign. */
function distinctTerms(draw: Stream, inputDim: number, count: number, derivatives: boolean): Term[] {
  const activation = (['gelu', 'tanh', 'sigmoid', 'silu', 'exp'] as const)[draw.integer(5)]!;
  const terms: Term[] = [];
  const seen = new Set<string>();
  while (terms.length < count) {
    // A positive first slope: z and -z are the same unit, tied by the symmetry of the activation.
    const slopes = Array.from({ length: inputDim }, (_, u) =>
      u === 0 ? Math.abs(eighth(draw)) : eighth(draw),
    );
    const powers = slopes.map(() => draw.integer(2));
    const offset = activation === 'exp' ? 0 : eighth(draw);
    const derivative = derivatives ? (draw.integer(3) as 0 | 1 | 2) : 0;
    const key = JSON.stringify([slopes, offset]);
    if (seen.has(key)) continue;
    seen.add(key);
    terms.push({ activation, derivative, slopes, offset, powers });
  }
  return terms;
}

function termAt<S>(ring: Ring<S>, x: readonly S[], term: Term): S {
  const z = ring.dot(
    [...x, ring.constant(term.offset)],
    [...term.slopes.map(ring.constant), ring.constant(1)],
  );
  const value = ring.derivatives(term.activation, z, 2)[term.derivative]!;
  return term.powers.reduce<S>(
    (product, power, u) => (power ? ring.dot([product], [x[u]!]) : product),
    value,
  );
}

const product = <S>(ring: Ring<S>, a: S, b: S) => ring.dot([a], [b]);
const minus = <S>(ring: Ring<S>, a: S) => ring.sub(ring.constant(0), a);

/** Ways to add a function that depends on some others, written so that it does not look like it. */
const plants: Record<
  string,
  <S>(ring: Ring<S>, x: readonly S[], f: readonly S[], c: readonly number[]) => S[]
> = {
  // a combination
  combination: (ring, _x, f, c) => [ring.dot(f, c.map(ring.constant))],
  // x (c f + d g) beside x f and x g
  factored: (ring, [x], f, c) => [
    ...f.map((value) => product(ring, x!, value)),
    product(ring, x!, ring.dot(f, c.map(ring.constant))),
  ],
  // sums of squares: (f + g)^2 beside f^2, f g, g^2
  square: (ring, _x, [f, g]) => {
    const sum = ring.add(f!, g!);
    return [product(ring, f!, f!), product(ring, f!, g!), product(ring, g!, g!), product(ring, sum, sum)];
  },
  // gelu(-z) = gelu(z) - z, here with z = c x
  reflected: (ring, [x], _f, [c]) => {
    const z = product(ring, x!, ring.constant(c!));
    const of = (at: typeof z) => ring.derivatives('gelu', at, 0)[0]!;
    return [of(z), z, of(minus(ring, z))];
  },
  // tanh'' = -2 tanh tanh'
  differential: (ring, [x], _f, [c]) => {
    const [value, first, second] = ring.derivatives('tanh', product(ring, x!, ring.constant(c!)), 2);
    return [second!, product(ring, value!, first!)];
  },
};

function provenRest(verdict: Verdict): boolean {
  return verdict.verdict === 'dependent' && 'sigmaMin' in verdict.rest && verdict.rest.sigmaMin > 0;
}

describe('a planted relation', () => {
  test.each(Object.keys(plants))('%s: never independent, and the rest is certified', (name) => {
    const draw = stream(11, name);
    const kinds = new Map<string, number>();
    let uncertified = 0;
    for (let trial = 0; trial < 240; trial++) {
      const inputDim = 1 + draw.integer(2);
      const terms = distinctTerms(draw, inputDim, 2, true);
      const c = terms.map(() => eighth(draw));
      const evaluate = <S>(ring: Ring<S>, x: readonly S[]) => {
        const f = terms.map((term) => termAt(ring, x, term));
        return [...f, ...plants[name]!(ring, x, f, c)];
      };
      const size = evaluate(
        counting,
        Array.from({ length: inputDim }, () => 0),
      ).length;
      const verdict = decide(family(inputDim, size, evaluate));
      kinds.set(verdict.verdict, (kinds.get(verdict.verdict) ?? 0) + 1);
      if (!provenRest(verdict)) uncertified++;
      // Others may hold besides the planted one, such as exp(2z) = exp(z)^2, which no ring knows.
      const proofs = verdict.verdict === 'dependent' ? verdict.relations.map(({ proof }) => proof) : [];
      expect(proofs).toContain('formal ring');
    }
    expect([...kinds]).toEqual([['dependent', 240]]);
    expect(uncertified).toBe(0);
  });

  test('by an identity that no ring knows, exp(y + z) = exp(y) exp(z): never independent', () => {
    const draw = stream(12, 'unknown');
    for (let trial = 0; trial < 40; trial++) {
      const [a, b] = [eighth(draw), eighth(draw)];
      const verdict = decide(
        family(1, 3, (ring, [x]) => {
          const exp = (slope: number, offset: number) => {
            const z = ring.add(product(ring, x!, ring.constant(slope)), ring.constant(offset));
            return ring.derivatives('exp', z, 0)[0]!;
          };
          return [product(ring, exp(a, b), exp(1, 0)), exp(a + 1, b), x!];
        }),
      );
      expect(verdict.verdict).toBe('dependent');
    }
  });
});

/** Enough of a ring to count functions with. */
const counting: Ring<number> = {
  constant: (value) => value,
  isZero: (a) => a === 0,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  dot: (a, b) => a.reduce((sum, u, k) => sum + u * b[k]!, 0),
  derivatives: (_name, a, order) => Array.from({ length: order + 1 }, () => a),
  greater: (a, b) => (a > b ? 1 : 0),
};

test('sets that theory knows to be independent are never called dependent', () => {
  // Units that differ up to sign: their poles (tanh, sigmoid, silu), their Gaussian tails (gelu) or their growth (exp)
  // differ, so that no combination with polynomials vanishes.
  const draw = stream(13, 'independent');
  const levels = new Map<string, number>();
  for (let trial = 0; trial < 1200; trial++) {
    const inputDim = 1 + draw.integer(2);
    const size = 1 + draw.integer(4);
    const terms = distinctTerms(draw, inputDim, size, false);
    const verdict = decide(family(inputDim, size, (ring, x) => terms.map((term) => termAt(ring, x, term))));
    if (verdict.verdict !== 'independent') {
      expect.fail(`${JSON.stringify(terms)}: ${JSON.stringify(verdict)}`);
    }
    levels.set(verdict.level, (levels.get(verdict.level) ?? 0) + 1);
  }
  expect(levels.get('float64')).toBeGreaterThan(1000);
});

describe('nearly dependent sets raise the precision by themselves', () => {
  const order = ['float64', 'double-double', 'balls'];
  /** Value and two derivatives of gelu at four units, two and two at a distance. */
  const near = (distance: number): LabelledFamily =>
    family(1, 12, (ring, [x]) =>
      [0, distance, 1, 1 + distance].flatMap((shift) => [
        ...ring.derivatives('gelu', ring.add(x!, ring.constant(shift)), 2),
      ]),
    );
  const levelOf = (verdict: Verdict) => {
    if (verdict.verdict !== 'independent') throw new Error(JSON.stringify(verdict));
    return verdict.level;
  };

  test('atoms at distance 2^-4 to 2^-26', () => {
    const levels = [2, 4, 8, 12, 16, 20, 26].map((bits) => order.indexOf(levelOf(decide(near(2 ** -bits)))));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(new Set(levels)).toEqual(new Set([0, 1, 2]));
    // Equal atoms are dependent, at any precision.
    expect(decide(near(0))).toMatchObject({ verdict: 'dependent', remaining: { length: 6 } });
  });

  test('inputs in a tiny interval', () => {
    const wide = decide(near(0.5));
    const tiny = decide(near(0.5), { spread: 1 / 256 });
    expect(order.indexOf(levelOf(tiny))).toBeGreaterThan(order.indexOf(levelOf(wide)));
  });

  test('a relation that is nearly but not quite true is none', () => {
    const verdict = decide(
      family(1, 3, (ring, [x]) => {
        const [f] = ring.derivatives('tanh', x!, 0) as [typeof x & {}];
        const [g] = ring.derivatives('gelu', x!, 0) as [typeof x & {}];
        const almost = ring.add(
          ring.add(f, g),
          product(ring, product(ring, x!, x!), ring.constant(2 ** -90)),
        );
        return [f, g, almost];
      }),
    );
    expect(verdict.verdict).toBe('independent');
  });
});
