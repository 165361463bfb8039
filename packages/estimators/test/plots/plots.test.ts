/** Pictures are drawn and read back: marks have to be where the numbers are. */
import { type PlotOptions, plot } from '@observablehq/plot';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expertMeans, gateProbabilities, predict, responsibilities } from '@tfjs-moe/measures';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { fitLeastSquares, fitMaximumLikelihood, residuals, selectExperts } from '../../src/index.ts';
import {
  atomCoordinates,
  calibrationPlot,
  criteriaPlot,
  expertsPlot,
  gatePlot,
  historyPlot,
  observedPlot,
  qqPlot,
  ratePlot,
  residualsPlot,
  voronoiPlot,
} from '../../src/plots/index.ts';
import { referenceSample } from '../likelihood/reference.ts';

const all = referenceSample('A_d1k2_n1000');
const data = {
  inputs: all.inputs.slice(0, 200).map((row) => Array.from(row)),
  response: Array.from(all.response).slice(0, 200),
};
const model = { gate: softmax(), expert: linear(), data };
const fit = fitMaximumLikelihood({ ...model, experts: 2, starts: 2 });
const squares = fitLeastSquares({ ...model, experts: 2, starts: 2 });
const wide = {
  ...data,
  inputs: data.inputs.map((row, i) => [row[0]!, i % 7, (i % 5) / 2]),
  inputNames: ['a', 'b', 'c'],
};
const classes = { ...data, response: data.response.map((y) => (y > 6 ? 2 : y > 0 ? 1 : 0)) };
const classified = fitMaximumLikelihood({
  ...model,
  data: classes,
  experts: 2,
  starts: 1,
  family: 'multinomial',
  maxIterations: 50,
});

function draw(options: PlotOptions) {
  const { document } = new JSDOM('').window;
  const svg = plot({ ...options, document }) as SVGSVGElement & ReturnType<typeof plot>;
  const number = (element: Element, name: string) => Number(element.getAttribute(name));
  const [x, y] = [svg.scale('x')!, svg.scale('y')!];
  const read = (scale: typeof x, at: number) => (scale.invert?.(at) ?? Number.NaN) as number;
  return {
    svg,
    x,
    y,
    texts: [...svg.querySelectorAll('text')].map(({ textContent }) => textContent),
    /** Circles as data, with their colours. */
    dots: [...svg.querySelectorAll('circle')].map((dot) => ({
      x: read(x, number(dot, 'cx')),
      y: read(y, number(dot, 'cy')),
      fill: dot.getAttribute('fill'),
    })),
  };
}

/** The same pairs, whatever their order. */
function expectPairs(
  found: readonly { readonly x: number; readonly y: number }[],
  expected: readonly (readonly [number, number])[],
) {
  const byBoth = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]! || a[1]! - b[1]!;
  const pairs = found.map(({ x, y }) => [x, y]).sort(byBoth);
  const sorted = [...expected].sort(byBoth);
  expect(pairs).toHaveLength(sorted.length);
  pairs.forEach((pair, i) => {
    expect(pair[0]).toBeCloseTo(sorted[i]![0]!, 6);
    expect(pair[1]).toBeCloseTo(sorted[i]![1]!, 6);
  });
}

describe('experts and gate', () => {
  test('show the observations, in the colour of the likeliest expert', () => {
    const { dots, svg } = draw(expertsPlot(fit, data));
    expectPairs(
      dots,
      data.inputs.map(([x], i) => [x!, data.response[i]!]),
    );
    const odds = responsibilities(fit.measure, data);
    dots.forEach(({ fill }, i) => {
      expect(fill).toBe(svg.scale('color')!.apply(odds[2 * i]! > 0.5 ? 'expert 1' : 'expert 2'));
    });
  });

  test('draw what experts say, and the weights of the gate', () => {
    const ends = data.inputs.map(([x]) => x!).sort((a, b) => a - b);
    const [low, high] = [ends[0]!, ends.at(-1)!];
    const gate = draw(gatePlot(fit, data));
    const weights = gateProbabilities(fit.measure, [[low], [high]]);
    const experts = draw(expertsPlot(fit, data));
    const means = expertMeans(fit.measure, [[low], [high]]);
    [0, 1].forEach((e) => {
      const starts = (picture: typeof gate, value: number) =>
        [...picture.svg.querySelectorAll('path')].some((path) => {
          const [, x, y] = /^M([-\d.e]+),([-\d.e]+)/.exec(path.getAttribute('d') ?? '') ?? [];
          return (
            Math.abs(Number(x) - picture.x.apply(low)) < 0.01 &&
            Math.abs(Number(y) - picture.y.apply(value)) < 0.01
          );
        });
      expect(starts(gate, weights[e]!)).toBe(true);
      expect(starts(experts, means[e]!)).toBe(true);
    });
    expect(gate.texts).toEqual(expect.arrayContaining(['expert 1', 'expert 2']));
  });

  test('take one of several inputs, and hold the others at their medians', () => {
    const own = fitLeastSquares({ ...model, data: wide, experts: 1, starts: 1 });
    const { svg, x, y, texts } = draw(expertsPlot(own, wide, { input: 'b', points: 0 }));
    expect(texts.some((text) => text?.includes('b (other inputs at their medians)'))).toBe(true);
    const middle = [...data.inputs.map(([a]) => a!)].sort((p, q) => p - q);
    const median = (middle[99]! + middle[100]!) / 2;
    const [value] = predict(own.measure, [[median, 0, 1]]);
    const starts = [...svg.querySelectorAll('path')].map((path) => path.getAttribute('d') ?? '');
    const expected = [x.apply(0), y.apply(value)];
    expect(
      starts.some((d) => {
        const [, px, py] = /^M([-\d.e]+),([-\d.e]+)/.exec(d) ?? [];
        return Math.abs(Number(px) - expected[0]) < 0.01 && Math.abs(Number(py) - expected[1]) < 0.01;
      }),
    ).toBe(true);
    expect(() => expertsPlot(own, wide, { input: 'd' })).toThrow('input');
    expect(() => expertsPlot(own, data)).toThrow('3 inputs');
  });

  test('show classes by name, in panels', () => {
    const { svg, texts } = draw(expertsPlot(classified, classes, { classNames: ['low', 'mid', 'high'] }));
    expect(svg.scale('color')!.domain).toEqual(['low', 'mid', 'high']);
    expect(texts).toEqual(expect.arrayContaining(['mixture', 'expert 1', 'expert 2', 'low', 'mid', 'high']));
  });

  test('draw at most so many observations', () => {
    expect(draw(expertsPlot(fit, data, { points: 50 })).dots).toHaveLength(50);
  });
});

describe('the search and the choice', () => {
  test('history is what the fit says, and its gap falls', () => {
    expectPairs(
      draw(historyPlot(fit)).dots,
      fit.history.map((value, i) => [i, value]),
    );
    const gaps = draw(historyPlot(fit, { gap: true })).dots.map(({ y }) => y);
    expect(gaps.length).toBeGreaterThan(2);
    expect([...gaps].sort((a, b) => b - a)).toEqual(gaps);
  });

  test('criteria are those of the selection, the best one in a ring', () => {
    const selection = selectExperts({ ...model, range: [1, 2], starts: 1 });
    const { svg, y } = draw(criteriaPlot(selection));
    const heights = [...svg.querySelectorAll('circle')].map((dot) => Number(dot.getAttribute('cy')));
    const expected = selection.candidates.flatMap(({ aic, bic, icl }) => [aic, bic, icl]);
    expect(heights).toHaveLength(expected.length + 1);
    for (const value of expected) {
      expect(heights.some((height) => Math.abs(height - y.apply(value)) < 0.01)).toBe(true);
    }
    expect(heights.at(-1)).toBeCloseTo(y.apply(selection.best.bic), 2);
  });
});

describe('diagnostics', () => {
  test('quantile residuals stand against fitted values and normal quantiles', () => {
    const values = residuals(fit, data);
    const fitted = predict(fit.measure, data.inputs);
    expectPairs(
      draw(residualsPlot(fit, data)).dots,
      Array.from(values, (value, i) => [fitted[i]!, value] as const),
    );
    const { dots } = draw(qqPlot(fit, data));
    const sorted = [...values].sort((a, b) => a - b);
    expect(dots.map(({ y }) => Math.round(1e6 * y))).toEqual(sorted.map((y) => Math.round(1e6 * y)));
    // R: qnorm(0.5 / 200) and qnorm(150.5 / 200).
    expect(dots[0]?.x).toBeCloseTo(-2.807033768, 6);
    expect(dots[150]?.x).toBeCloseTo(0.682378625, 2);
  });

  test('a weight counts as rows do', () => {
    const weighted = { ...data, weights: data.response.map((_, i) => (i === 0 ? 0 : 2)) };
    const { dots } = draw(qqPlot(fit, weighted));
    expect(dots).toHaveLength(199);
    expect(dots[99]?.x).toBeCloseTo(0, 6);
  });

  test('residuals of least squares are in units of their deviation', () => {
    const { dots } = draw(residualsPlot(squares, data));
    expect(dots.reduce((sum, { y }) => sum + y * y, 0) / 200).toBeCloseTo(1, 6);
    expectPairs(
      draw(observedPlot(squares, data)).dots,
      Array.from(squares.fitted, (value, i) => [value, data.response[i]!] as const),
    );
  });

  test('calibration has a bar per bin, or a dot per bin of classes', () => {
    const { svg, y } = draw(calibrationPlot(fit, data, { bins: 5 }));
    const bars = [...svg.querySelectorAll('rect')]
      .filter((bar) => bar.closest('[fill="#56b4e9"]'))
      .map((bar) => Number(bar.getAttribute('height')));
    expect(bars).toHaveLength(5);
    const whole = y.apply(0) - y.apply(1);
    expect(bars.reduce((sum, height) => sum + height, 0) / whole).toBeCloseTo(1, 6);
    const { dots } = draw(calibrationPlot(classified, classes));
    expect(dots.length).toBeGreaterThan(1);
    for (const { x } of dots) expect(x >= 0 && x <= 1).toBe(true);
    expect(() => observedPlot(classified, classes)).toThrow('calibrationPlot');
  });
});

describe('the Voronoi view', () => {
  const truth = {
    gate: softmax(),
    expert: linear(),
    inputDim: 1,
    experts: 2,
    gateParams: { 'router/kernel': [1, 0], bias: [0.5, 0] },
    expertParams: { kernel: [-2, 2], bias: [1, -1] },
  };
  const fitted = {
    ...truth,
    experts: 3,
    gateParams: { 'router/kernel': [4, 3, 3], bias: [0.5, 0, 0] },
    expertParams: { kernel: [-2.1, 2.2, 1.7], bias: [1.1, -1, -0.9] },
  };

  test('joins every fitted atom to the true one of its cell, in the gauge of the loss', () => {
    expect(atomCoordinates(truth)).toEqual(expect.arrayContaining(['expert/kernel', 'gate/router/kernel']));
    const { dots, svg, texts } = draw(voronoiPlot(fitted, truth, { x: 'expert/kernel', y: 'expert/bias' }));
    expectPairs(dots, [
      [-2.1, 1.1],
      [2.2, -1],
      [1.7, -0.9],
    ]);
    const colour = (name: string) => svg.scale('color')!.apply(name);
    expect(dots.map(({ fill }) => fill)).toEqual([colour('true 1'), colour('true 2'), colour('true 2')]);
    expect(texts).toEqual(expect.arrayContaining(['true 1', 'true 2']));
    expect(() => voronoiPlot(fitted, truth, { x: 'nope' })).toThrow('expert/kernel');
    // All kernels of the gate have 3 in common with the truth's.
    const gate = draw(voronoiPlot(fitted, truth, { x: 'gate/router/kernel' }));
    expect(gate.dots.some(({ x }) => Math.abs(x) < 1e-6)).toBe(true);
  });

  test('lays several fits over one another', () => {
    expect(draw(voronoiPlot([fitted, fitted], truth)).dots).toHaveLength(6);
  });
});

describe('rates', () => {
  const sizes = [100, 400, 1600];
  const losses = sizes.map((n) => ({ n, loss: 2 / Math.sqrt(n) }));

  test('are dots, a line of the slope through them, and guides that begin where the losses do', () => {
    const flat = sizes.map((n) => ({ n, loss: 0.5 }));
    const { dots, texts, svg, x, y } = draw(
      ratePlot([
        { name: 'function', losses },
        { name: 'parameters', losses: flat },
      ]),
    );
    expectPairs(
      dots.filter(({ x: n }) => Number.isFinite(n)),
      losses.map(({ n, loss }) => [n, loss] as const),
    );
    expect(texts).toContain('function: n^−0.50, 95 %: −0.50 to −0.50');
    expect(texts.some((text) => text?.startsWith('parameters: n^0.00'))).toBe(true);
    expect(texts).toEqual(expect.arrayContaining(['n^−1/2', 'n^−1/4']));
    const ends = [...svg.querySelectorAll('g[aria-label=line] path')].map((path) =>
      [...path.getAttribute('d')!.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map((point) => Number(point[2])),
    );
    // The guide of n^(-1/2) is the line through the losses.
    const [from, to] = [y.apply(losses[0]!.loss), y.apply(losses[2]!.loss)];
    expect(ends.filter(([a, b]) => Math.abs(a! - from) < 0.01 && Math.abs(b! - to) < 0.01)).toHaveLength(2);
    expect(x.apply(1600)).toBeGreaterThan(x.apply(400));
  });

  test('can be drawn before the first fit has arrived, and leave out what has no logarithm', () => {
    const { dots, texts } = draw(ratePlot([{ name: 'function', losses: [] }], { sizes }));
    expect(dots).toEqual([]);
    expect(texts).toEqual(expect.arrayContaining(['function', '100', '1600']));
    const some = draw(ratePlot([{ name: 'function', losses: [...losses, { n: 100, loss: 0 }] }]));
    expect(some.dots).toHaveLength(3);
    expect(() => ratePlot({} as never)).toThrow('[tfjs-moe] ratePlot: curves must be an array');
  });
});
