import {
  binomial,
  gamma,
  gaussian,
  getFamily,
  laplace,
  multinomial,
  negativeBinomial,
  poisson,
  studentT,
} from '@tfjs-moe/measures';
import { testFamily } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';
import { laws } from './laws-reference.ts';

const runner = { describe, test };
const halves = [-0.5, 1.5, Number.NaN];
testFamily(runner, gaussian(), {
  responses: [-3, 0, 0.7, 12],
  impossible: [],
  reach: [-60, 60],
});
testFamily(runner, studentT({ degreesOfFreedom: 7 }), {
  responses: [-3, 0, 0.7, 12],
  impossible: [],
  reach: [-1e5, 1e5],
});
testFamily(runner, studentT({ degreesOfFreedom: 1.5 }), {
  responses: [-3, 0, 0.7, 12],
  impossible: [],
  reach: [-1e7, 1e7],
  hasMoments: false,
});
testFamily(runner, laplace(), {
  responses: [-3, 0.1, 0.7, 12],
  impossible: [],
  reach: [-150, 150],
});
testFamily(runner, poisson(), { responses: [0, 1, 4, 20], impossible: [-1, ...halves], reach: [0, 80] });
testFamily(runner, negativeBinomial(), {
  responses: [0, 1, 4, 20, 2500],
  impossible: [-1, ...halves],
  reach: [0, 3000],
  dispersions: [0.5, 3, 500],
});
testFamily(runner, gamma(), {
  responses: [1e-3, 0.4, 3, 40],
  impossible: [0, -1, Number.POSITIVE_INFINITY, Number.NaN],
  reach: [1e-30, 400],
});
testFamily(runner, binomial(), { responses: [0, 1], impossible: [2, -1, 0.5], reach: [0, 1] });
testFamily(runner, binomial(), {
  responses: [0, 1, 5, 9],
  impossible: [10, -1, 0.5],
  trials: 9,
  reach: [0, 9],
});
testFamily(runner, multinomial(), {
  responses: [0, 1, 2],
  impossible: [-1, 0.5],
  classes: 3,
  reach: [0, 2],
});

describe('families', () => {
  test('have the densities and the distribution functions of scipy and mpmath', () => {
    for (const [kind, options, h, dispersion, trials, y, log, below] of laws) {
      const family = getFamily({ kind, ...options });
      const columns = family.columns({
        response: Float64Array.of(y),
        trials: Float64Array.of(trials),
        weights: Float64Array.of(1),
      });
      const room = columns.room(1);
      const value = Float64Array.of(h);
      columns.evaluate([{ value }], { first: 0, rows: 1 }, Math.log(dispersion), room, true);
      expect(Math.abs(room.log[0]! - log) / Math.max(1, Math.abs(log)), `${kind} at ${y}`).toBeLessThan(
        1e-12,
      );
      const [less, at] = family.tails({ outputs: [h], dispersion, trials }, y);
      expect(Math.abs(less + at - below), `${kind} up to ${y}`).toBeLessThan(
        // Of the logarithms of gamma functions of millions, whose own digits end there.
        dispersion > 1e5 ? 1e-8 : 1e-12,
      );
    }
  });

  test('are found by their kinds and their configs, and others refused', () => {
    expect(getFamily('poisson').kind).toBe('poisson');
    expect(getFamily({ kind: 'studentT', degreesOfFreedom: 3 }).config).toEqual({
      kind: 'studentT',
      degreesOfFreedom: 3,
    });
    expect(getFamily(gamma())).toEqual(expect.objectContaining({ kind: 'gamma' }));
    expect(() => getFamily('poison')).toThrow('must be one of binomial, gamma, gaussian');
    expect(() => getFamily({ kind: 'studentT', degrees: 3 })).toThrow('unknown option "degrees"');
    expect(() => studentT({ degreesOfFreedom: 0 })).toThrow('degreesOfFreedom must be');
  });
});
