/** Trees of softmaxes of more than two levels. */
import type { Expert, Gate } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, temperature } from '@tfjs-moe/gates';
import { type MixingMeasure, predict } from '@tfjs-moe/measures';
import { columns, columnsOf } from '@tfjs-moe/numerics';
import { certificateToJSON, rates, type Verdict } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { allowanceOf } from '../../src/decide/allowance.ts';
import { coveredForm, type SoftmaxTree } from '../../src/mixture/covered-form.ts';
import { askSecondOrder } from '../../src/second-order/ask-second-order.ts';
import { hierarchicalFamily } from '../../src/second-order/hierarchical-criterion.ts';
import { drawnMixture } from '../mixtures.ts';

const ridge = (activation: 'tanh' | 'gelu') => ffn({ hiddenUnits: [], activation, outputWeights: false });
const byGroups = hierarchical({ groups: 3, inner: hierarchical({ groups: 2 }) });
const byPairs = hierarchical({ groups: 4, outer: hierarchical({ groups: 2 }) });
/** Three levels with few parameters: the middle one weighs single groups. */
const narrow = hierarchical({ groups: 2, inner: hierarchical({ groups: 1 }) });

describe('what a split of an atom leaves is weighed by all levels above it', () => {
  const points = [-1.3, -0.2, 0.4, 1.1];
  const step = 1e-4;
  test.each([
    ['groups of groups', byGroups, 12],
    ['an outer tree', byPairs, 12],
    ['four levels', hierarchical({ groups: 2, inner: byPairs }), 16],
  ] as const)('%s', (_name, gate, experts) => {
    const of = drawnMixture(gate, ridge('tanh'), 1, experts);
    const over = [0, Math.floor(experts / 2), experts - 1];
    const family = hierarchicalFamily(of, coveredForm(gate, experts) as SoftmaxTree, over);
    const { curved } = family.evaluate(columns, columnsOf(points.map((x) => [x])));
    for (const [b, { atom, coordinates }] of family.blocks.entries()) {
      const i = coordinates.findIndex(({ name }) => name === 'expert/layer_1/bias[0]');
      // In the parameters of an expert f is linear in h, so that its own second derivative is that of W psi / D.
      const moved = (by: number): MixingMeasure => {
        const bias = of.expertParams['layer_1/bias']!.map((value, e) => (e === atom ? value + by : value));
        return { ...of, expertParams: { ...of.expertParams, 'layer_1/bias': bias } };
      };
      const [below, here, above] = [-step, 0, step].map((by) =>
        predict(
          moved(by),
          points.map((x) => [x]),
        ),
      );
      const own = curved[b]![(i * (i + 1)) / 2 + i] as Float64Array;
      points.forEach((_, n) => {
        const expected = (above![n]! - 2 * here![n]! + below![n]!) / step ** 2;
        expect(own[n]).toBeCloseTo(expected, 6);
      });
    }
  });
});

describe('verdicts of the second order', () => {
  const ask = (gate: Gate, experts: number, expert: Expert = ridge('tanh')) =>
    askSecondOrder(drawnMixture(gate, expert, 1, experts), [0], { verdict: 'independent' } as Verdict, {
      allowance: allowanceOf('tree', { budget: 4000 }),
      bits: [192],
      spread: 1,
      seed: 0,
    });

  test('are proved either way', () => {
    expect(ask(narrow, 4)).toMatchObject({ verdict: 'independent' });
    expect(ask(narrow, 4).notes.join()).toContain('over-specified within their groups');
    const line = ask(byGroups, 12, linear());
    expect(line).toMatchObject({ verdict: 'dependent', direction: { proof: 'formal ring', order: 2 } });
  });

  test('where a group of the last level has one expert its gate is free', () => {
    const verdict = ask(byPairs, 4);
    expect(verdict).toMatchObject({ verdict: 'dependent', direction: { proof: 'formal ring' } });
    expect(verdict.verdict === 'dependent' && verdict.direction.name).toContain('the gate of a single atom');
  });

  test('are not said of trees of other gates', () => {
    for (const inner of [temperature(), sigmoid()]) {
      const verdict = ask(hierarchical({ groups: 2, inner: hierarchical({ groups: 1, inner }) }), 4);
      expect(verdict).toMatchObject({
        verdict: 'inconclusive',
        raise: expect.stringContaining('not covered'),
      });
    }
  });
});

test('certificates hold the groups of the last level, whose softmax is the product of the levels above', () => {
  const options = { gate: narrow, expert: linear(), inputDim: 1, experts: 4, question: 'second order' };
  const { model, direction } = certificateToJSON(options as never);
  expect(model.atoms?.groups).toHaveLength(2);
  expect(model.atoms?.logits).toHaveLength(4);
  expect(direction).toBeDefined();
});

test('no theorem is claimed of more than two levels, and a note says so', () => {
  const found = rates({ gate: byGroups, expert: ridge('gelu') });
  expect(found.gate).toBe('other');
  for (const { status, note } of found.rates.slice(0, 2))
    expect([status, note]).toEqual(['not covered', expect.stringContaining('about two levels')]);
});
