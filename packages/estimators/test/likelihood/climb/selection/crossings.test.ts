import { stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { bestStretches } from '../../../../src/likelihood/climb/selection/crossings.ts';

/** The log-likelihood of rows at scores, by sorting them. */
function valueAt(
  k: number,
  weights: Float64Array,
  logDensity: readonly Float64Array[],
  logits: readonly Float64Array[],
  scores: readonly Float64Array[],
): number {
  return weights.reduce((total, weight, i) => {
    const order = scores.map((_, e) => e).sort((a, b) => scores[b]![i]! - scores[a]![i]!);
    const chosen = order.slice(0, k);
    const sum = (of: (e: number) => number) => chosen.reduce((s, e) => s + of(e), 0);
    const odds = sum((e) => Math.exp(logits[e]![i]! + logDensity[e]![i]!));
    return total + weight * Math.log(odds / sum((e) => Math.exp(logits[e]![i]!)));
  }, 0);
}

describe('jumps along a line', () => {
  test.each([
    [1, 2],
    [1, 4],
    [2, 3],
    [3, 5],
  ])(
    'top-%i of %i: the best stretches have the gains that sorting gives, and nothing is better',
    (k, experts) => {
      const random = stream(3, 'crossings', k, experts);
      const n = 25;
      const table = () =>
        Array.from({ length: experts }, () => Float64Array.from({ length: n }, () => random.normal()));
      const [logDensity, logits, scores, slopes] = [table(), table(), table(), table()] as const;
      const weights = Float64Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 0 : random.uniform()));
      const at = (time: number) =>
        valueAt(
          k,
          weights,
          logDensity,
          logits,
          scores.map((column, e) => column.map((score, i) => score + time * slopes[e]![i]!)),
        );
      const here = at(0);
      const found = bestStretches({ k, weights, logDensity, logits }, scores, slopes, 4);
      expect(found.length).toBe(4);
      for (const { at: time, gain } of found) expect(at(time) - here).toBeCloseTo(gain, 10);
      for (let trial = 0; trial < 3000; trial++) {
        expect(at(Math.tan(Math.PI * (random.uniform() - 0.5))) - here).toBeLessThan(
          Math.max(0, found[0]!.gain) + 1e-9,
        );
      }
    },
  );
});
