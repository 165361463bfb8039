/** The losses of the proofs' sequences, in closed form, against those that `voronoiLoss` finds. */
import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature } from '@tfjs-moe/gates';
import { type MixingMeasure, voronoiCells, voronoiLoss } from '@tfjs-moe/measures';
import { counterexamples } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const two: MixingMeasure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [2, 0], bias: [0.4, 0] },
  expertParams: { kernel: [1.5, -1], bias: [0.5, 2] },
};

describe('the sequences and counterexamples of the theory', () => {
  const tempered = { ...two, gate: temperature(), gateParams: { ...two.gateParams, temperature: [0.8] } };
  const tree: MixingMeasure = {
    ...two,
    gate: hierarchical({ groups: 2 }),
    experts: 4,
    gateParams: {
      'outer/router/kernel': [2, 0],
      'outer/bias': [0.3, 0],
      'inner/router/kernel': [1, 0, -1, 0],
      'inner/bias': [0.2, 0, -0.4, 0],
    },
    expertParams: { kernel: [1, -1, 2, -2], bias: [0, 1, 2, 3] },
  };

  test.each([1, 2, 3])('Theorem 2, r = %i: n^-(r+1) + [exp(beta_0) + n^-(r+1)] n^-r', (r) => {
    for (const n of [10, 100]) {
      const { truth, other, loss } = counterexamples.theoremTwo(two, { n, r });
      const found = voronoiLoss(other, truth, { loss: 'D2', r, gauge: 'fixed' });
      expect(found.cells).toEqual([[0, 1], [2]]);
      expect(found.value).toBeCloseTo(loss, 14);
      expect(loss).toBe(n ** -(r + 1) + (Math.exp(0.4) + n ** -(r + 1)) * n ** -r);
      // The best gauge gives back the mass that the sequence adds, and no more.
      const least = voronoiLoss(other, truth, { loss: 'D2', r }).value;
      expect(least).toBeLessThanOrEqual(found.value);
      expect(least).toBeGreaterThan(0.99 * (loss - n ** -(r + 1)));
    }
  });

  test('Theorem 3: positive as printed, 0 over the scale that the temperature hides', () => {
    const { truth, other, loss } = counterexamples.theoremThree(tempered, { n: 5, r: 2 });
    expect(voronoiLoss(other, truth, { loss: 'D3', r: 2, gauge: 'fixed' }).value).toBeCloseTo(loss, 13);
    expect(voronoiLoss(other, truth, { loss: 'D3', r: 2 }).value).toBeLessThan(1e-14);
  });

  test('Theorem 6', () => {
    const { truth, other, loss } = counterexamples.theoremSix(tree, { n: 7, r: 2 });
    expect(voronoiLoss(other, truth, { loss: 'D6', r: 2, gauge: 'fixed' }).value).toBeCloseTo(loss, 13);
    expect(voronoiCells(other, truth)).toEqual([[0, 1], [2], [3, 4], [5]]);
  });

  test('no gauge hides a split atom, whose function is that of the truth', () => {
    const { truth, other } = counterexamples.biasSplit(two, { shift: 0.3 });
    const { value, cells } = voronoiLoss(other, truth);
    expect(cells).toEqual([[0, 1], [2]]);
    // Two half atoms at a distance of 0.3: their squares.
    expect(value).toBeCloseTo(Math.exp(0.4) * 0.09, 12);
  });

  test('all atoms tilted (K5)', () => {
    const { truth, other } = counterexamples.commonTilt(two, { tilt: [0.5] });
    expect(voronoiLoss(other, truth).value).toBeGreaterThan(0.5);
  });
});
