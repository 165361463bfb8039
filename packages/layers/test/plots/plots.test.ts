/** Pictures are drawn and read back: marks have to be where the numbers are. */
import { type PlotOptions, plot } from '@observablehq/plot';
import { MoeError } from '@tfjs-moe/core';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import {
  choicesPlot,
  coActivationPlot,
  loadPlot,
  marginsPlot,
  saturationPlot,
  specialisationPlot,
} from '../../src/plots/index.ts';
import { coActivation, type RoutingTrace, specialisation, type TracedCall } from '../../src/trace/index.ts';

const call = (more: Partial<TracedCall> = {}): TracedCall => ({
  step: 0,
  layer: 'moe',
  call: 0,
  experts: 4,
  expertsPerToken: 2,
  choices: [[3, 1], null, [0, 1], [3, 2]],
  weights: [[0.75, 0.25], null, [0.5, 0.5], [0.9, 0.1]],
  margins: [0.5, null, 0.1, 2],
  labels: ['a', null, 'a', 'b'],
  ...more,
});
const trace: RoutingTrace = [call()];

function draw(options: PlotOptions) {
  const { document } = new JSDOM('').window;
  const svg = plot({ ...options, document }) as SVGSVGElement & ReturnType<typeof plot>;
  // A legend would make it a figure of HTML.
  expect(svg.tagName).toBe('svg');
  return {
    svg,
    texts: [...svg.querySelectorAll('text')].map(({ textContent }) => textContent),
    titles: [...svg.querySelectorAll('title')].map(({ textContent }) => textContent),
    opacities: [...svg.querySelectorAll('rect')].map((rect) => Number(rect.getAttribute('fill-opacity'))),
    paths: (label: string) => svg.querySelectorAll(`[aria-label="${label}"] path`),
  };
}

describe('cells', () => {
  test('choicesPlot: a cell per choice, as strong as its weight, and grey for padding', () => {
    const { titles, opacities, texts, svg } = draw(choicesPlot(trace));
    expect(titles).toEqual([
      'token a, expert 1: .25',
      'token a, expert 3: .75',
      'token a, expert 0: .50',
      'token a, expert 1: .50',
      'token b, expert 2: .10',
      'token b, expert 3: .90',
    ]);
    expect(opacities.slice(0, 6).map((value) => (value - 0.04) * 1)).toEqual(
      [0.25, 0.75, 0.5, 0.5, 0.1, 0.9].map((weight) => expect.closeTo((0.9 * weight) / 0.9, 9)),
    );
    expect(texts).toEqual(expect.arrayContaining(['a', '1', 'b', 'expert', 'token']));
    const grey = [...svg.querySelectorAll('[fill-opacity="0.08"] rect')];
    expect(grey).toHaveLength(4);
  });

  test('choicesPlot: at most so many tokens, of one layer', () => {
    const two = [...trace, call({ layer: 'other' })];
    expect(draw(choicesPlot(two, { layer: 'other', tokens: 1 })).titles).toHaveLength(2);
    expect(() => choicesPlot(two)).toThrow('choicesPlot: the trace must be of one layer');
    expect(() => choicesPlot(trace, { tokens: 0 })).toThrow('choicesPlot: tokens must be');
  });

  test('specialisationPlot and coActivationPlot: the numbers that the functions give', () => {
    const { shares } = specialisation(trace);
    const special = draw(specialisationPlot(trace));
    expect(special.titles).toHaveLength(8);
    expect(special.titles[5]).toBe(`label b, expert 1: ${shares[1]![1]!.toFixed(2).replace(/^0/, '')}`);
    expect(special.texts).toContain('.50');
    const pairs = coActivation(trace);
    const together = draw(coActivationPlot(trace));
    expect(together.titles).toHaveLength(12);
    expect(together.titles[0]).toBe(`expert 0, the other expert 1: ${pairs[0]![1]!.toFixed(1)}`);
  });

  test('numbers are left out, and ticks thinned, where there is no room', () => {
    const many = [call({ experts: 64 })];
    const { texts } = draw(coActivationPlot(many));
    expect(texts.filter((text) => /^\.\d\d$/.test(text ?? ''))).toEqual([]);
    expect(texts.filter((text) => /^\d+$/.test(text ?? '')).length).toBeLessThan(60);
  });
});

describe('loadPlot', () => {
  const history = Array.from({ length: 5 }, (_, step) => ({
    step,
    load: [0.5 + step / 10, 0.5 - step / 10],
  }));

  test('a line per expert, from the first load to the last, and the even load dashed', () => {
    const { svg, paths, texts } = draw(loadPlot(history));
    const [x, y] = [svg.scale('x')!, svg.scale('y')!];
    const lines = [...paths('line')].map((path) => path.getAttribute('d')!.match(/[-\d.]+,[-\d.]+/g)!);
    const points = lines.map((line) => line.map((point) => point.split(',').map(Number)));
    expect(points).toHaveLength(2);
    points.forEach((line, e) => {
      line.forEach(([px, py], step) => {
        expect(px).toBeCloseTo(x.apply(step), 1);
        expect(py).toBeCloseTo(y.apply(history[step]!.load[e]!), 1);
      });
    });
    const rule = svg.querySelector('[aria-label="rule"] line')!;
    expect(Number(rule.getAttribute('y1'))).toBeCloseTo(y.apply(0.5), 6);
    expect(texts).toEqual(expect.arrayContaining(['expert 0', 'expert 1']));
  });

  test('many experts are rows', () => {
    const wide = [0, 1].map((step) => ({
      step,
      load: new Array(16).fill(0).map((_, e) => (e + step) / 100),
    }));
    const { opacities, svg } = draw(loadPlot(wide));
    expect(opacities).toHaveLength(32);
    expect(Math.max(...opacities)).toBeCloseTo(0.94, 9);
    expect(svg.scale('x')!.domain).toEqual([0, 2]);
  });

  test('of a trace with several steps', () => {
    const steps = [call({ choices: [[0], [0]] }), call({ step: 1, choices: [[1], [0]] })].map(
      ({ weights: _, margins: __, labels: ___, ...rest }) => rest,
    );
    const { svg, paths } = draw(loadPlot(steps));
    expect(paths('line')).toHaveLength(4);
    expect(svg.scale('y')!.domain).toEqual([0, 1]);
  });
});

test('marginsPlot: as many tokens as have margins, in a panel per layer', () => {
  const { texts, svg } = draw(marginsPlot([...trace, call({ layer: 7, margins: [null, null, 1, null] })]));
  expect(texts).toEqual(expect.arrayContaining(['moe', '7']));
  const [y, x] = [svg.scale('y')!, svg.scale('x')!];
  const heights = [...svg.querySelectorAll('[aria-label="rect"] rect')].map((rect) =>
    Number(rect.getAttribute('height')),
  );
  const unit = Math.abs(y.apply(1) - y.apply(0));
  expect(heights.reduce((sum, height) => sum + height, 0) / unit).toBeCloseTo(4, 6);
  expect(Math.min(...(x.domain as Iterable<number>))).toBeLessThanOrEqual(0.1);
});

test('saturationPlot: a line per layer that ends at 1', () => {
  const at = (choices: readonly number[][]) => [
    { step: 0, layer: 'moe', call: 0, experts: 4, expertsPerToken: 2, choices },
    { step: 0, layer: 'other', call: 0, experts: 4, expertsPerToken: 2, choices: [[0, 1]] },
  ];
  const { svg, paths, texts } = draw(
    saturationPlot([
      { at: 0, trace: at([[0, 1]]) },
      { at: 10, trace: at([[0, 2]]) },
      { at: 20, trace: at([[2, 3]]) },
    ]),
  );
  const [x, y] = [svg.scale('x')!, svg.scale('y')!];
  const [first = ''] = [...paths('line')].map((path) => path.getAttribute('d') ?? '');
  const points = first.match(/[-\d.]+,[-\d.]+/g)!.map((point) => point.split(',').map(Number));
  [0, 0.5, 1].forEach((share, i) => {
    expect(points[i]![0]).toBeCloseTo(x.apply(10 * i), 1);
    expect(points[i]![1]).toBeCloseTo(y.apply(share), 1);
  });
  expect(texts).toEqual(expect.arrayContaining(['moe', 'other']));
});

test.each<[string, () => unknown]>([
  ['choicesPlot', () => choicesPlot({} as never)],
  ['specialisation', () => specialisationPlot([call({ labels: undefined as never })])],
  ['coActivation', () => coActivationPlot([])],
  ['loadPlot: history must be', () => loadPlot([])],
  [
    'loadPlot: all batches must have',
    () =>
      loadPlot([
        { step: 0, load: [1] },
        { step: 1, load: [1, 0] },
      ]),
  ],
  ['loadPlot', () => loadPlot([3] as never)],
  ['marginsPlot: the trace must have margins', () => marginsPlot([call({ margins: undefined as never })])],
  ['saturationPlot: there must be', () => saturationPlot([{ at: 0, trace }])],
  ['saturationPlot: every checkpoint', () => saturationPlot([trace, trace] as never)],
])('%s refuses by name', (message, make) => {
  expect(make).toThrow(MoeError);
  expect(make).toThrow(message);
});
