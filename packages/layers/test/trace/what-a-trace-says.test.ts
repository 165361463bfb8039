/** Numbers of published definitions, by hand: OLMoE's paper and its script disagree, and both are here. */
import { describe, expect, test } from 'vitest';
import {
  coActivation,
  deadExperts,
  effectiveExperts,
  layerReports,
  loadViolation,
  type RoutingTrace,
  specialisation,
} from '../../src/trace/index.ts';

const call = (choices: readonly (readonly number[] | null)[], more: object = {}) => ({
  step: 0,
  layer: 'moe' as string | number,
  call: 0,
  experts: 8,
  expertsPerToken: 3,
  choices,
  ...more,
});

describe('load', () => {
  const counts = [1, 0, 1, 1, 1, 1, 1, 2];

  test('golden: effective experts, dead experts, violation', () => {
    expect(effectiveExperts(counts)).toBeCloseTo(6.727171322029717, 12);
    expect(deadExperts(counts)).toEqual([1]);
    expect(loadViolation(counts)).toEqual({ max: 1, min: -1 });
  });

  test('at the ends: K experts with everything, all alike, nothing', () => {
    expect(effectiveExperts([0, 5, 0, 5])).toBeCloseTo(2, 12);
    expect(effectiveExperts([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(4, 12);
    expect(loadViolation([3, 3])).toEqual({ max: 0, min: 0 });
    expect(loadViolation([0, 0])).toEqual({ max: 0, min: 0 });
    expect(deadExperts([0, 0])).toEqual([0, 1]);
  });

  test.each([effectiveExperts, deadExperts, loadViolation])('what is no load: %o', (ask) => {
    for (const wrong of [undefined, [], [-1], [Number.NaN], ['x'], 3])
      expect(() => ask(wrong as never)).toThrow(`${ask.name}: load must be`);
  });

  test('of every layer, over all of its calls and without padding', () => {
    const trace: RoutingTrace = [
      call([[5, 0], null, [3, 4]], { margins: [0.5, null, 0.25] }),
      call([[2, 7]], { layer: 3 }),
      call(
        [
          [2, 7],
          [6, 7],
        ],
        { call: 1, margins: [null, 0.15] },
      ),
    ];
    const [moe, third] = layerReports(trace);
    expect(moe).toMatchObject({ layer: 'moe', tokens: 4, counts, dead: [1], violation: { max: 1, min: -1 } });
    expect(moe!.load).toEqual(counts.map((n) => n / 4));
    expect(moe!.margin!.mean).toBeCloseTo(0.3, 12);
    expect(moe!.margin!.smallest).toBe(0.15);
    expect(third).toMatchObject({ layer: 3, tokens: 1, margin: null });
    expect(layerReports([])).toEqual([]);
  });
});

describe('co-activation', () => {
  const trace = [call([[5, 0, 2], [3, 4, 6], null, [2, 7, 5], [6, 7, 0]])];

  test('golden: of all pairs, as in the paper', () => {
    expect(coActivation(trace)).toEqual([
      [0, 0, 0.5, 0, 0, 0.5, 0.5, 0.5],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0.5, 0, 0, 0, 0, 1, 0, 0.5],
      [0, 0, 0, 0, 1, 0, 1, 0],
      [0, 0, 0, 1, 0, 0, 1, 0],
      [0.5, 0, 1, 0, 0, 0, 0, 0.5],
      [0.5, 0, 0, 0.5, 0.5, 0, 0, 0.5],
      [0.5, 0, 0.5, 0, 0, 0.5, 0.5, 0],
    ]);
  });

  test('a layer is named where there are several', () => {
    const two = [...trace, call([[0, 1]], { layer: 9 })];
    expect(() => coActivation(two)).toThrow('layer say which of them. Received: ["moe",9]');
    expect(coActivation(two, 9)[0]![1]).toBe(1);
    expect(() => coActivation(two, 'x')).toThrow('the trace has no layer x');
    expect(() => coActivation([])).toThrow('the trace is empty');
    expect(() => coActivation([call([]), call([], { call: 1, experts: 4 })])).toThrow(
      'one number of experts',
    );
  });
});

describe('specialisation', () => {
  const choices = [[5, 0], [3, 4], null, [2, 7], [6, 7]];

  test('golden: by domain', () => {
    const { labels, tokens, shares, uniform } = specialisation([
      call(choices, { labels: ['a', 'a', null, 'b', 'b'] }),
    ]);
    expect([labels, tokens, uniform]).toEqual([['a', 'b'], [2, 2], 0.25]);
    expect(shares).toEqual([
      [0.5, 0, 0, 0.5, 0.5, 0.5, 0, 0],
      [0, 0, 0.5, 0, 0, 0, 0.5, 1],
    ]);
  });

  test('golden: by token id', () => {
    const { labels, shares } = specialisation([call(choices, { labels: [5, 9, null, 5, 5] })]);
    const third = 1 / 3;
    expect(labels).toEqual([5, 9]);
    expect(shares[0]).toEqual([third, 0, third, 0, 0, third, third, 2 / 3]);
  });

  test('mutual information: log 2 where experts part two labels, 0 where they do not care', () => {
    const of = (given: number[][], labels: string[]) =>
      specialisation([call(given, { labels })]).mutualInformation;
    expect(
      of(
        [
          [0, 1],
          [0, 1],
          [2, 3],
          [2, 3],
        ],
        ['a', 'a', 'b', 'b'],
      ),
    ).toBeCloseTo(Math.log(2), 12);
    expect(
      of(
        [
          [0, 1],
          [2, 3],
          [0, 1],
          [2, 3],
        ],
        ['a', 'a', 'b', 'b'],
      ),
    ).toBe(0);
    expect(of([[0], [0], [1]], ['a', 'b', 'b'])).toBeCloseTo(
      // H(label) + H(expert) - H(both).
      2 * (Math.log(3) - (2 / 3) * Math.log(2)) - Math.log(3),
      12,
    );
  });

  test('without labels there is nothing to say', () => {
    expect(() => specialisation([call(choices)])).toThrow('the trace must have labels');
    expect(specialisation([call([null], { labels: [null] })])).toMatchObject({ labels: [], uniform: 0 });
  });
});
