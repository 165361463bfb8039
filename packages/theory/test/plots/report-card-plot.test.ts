/** The picture is drawn and read back: lights and slopes have to be those of the card. */
import { plot } from '@observablehq/plot';
import { ffn, linear } from '@tfjs-moe/experts';
import { softmax, temperature } from '@tfjs-moe/gates';
import { type ReportCard, reportCard } from '@tfjs-moe/theory';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { reportCardPlot } from '../../src/plots/index.ts';
import { promisedSlopes } from '../../src/plots/promised-slopes.ts';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const size = { inputDim: 1, experts: 2 };

function drawn(card: ReportCard) {
  const { document } = new JSDOM('').window;
  const svg = plot({ ...reportCardPlot(card), document });
  return {
    label: svg.getAttribute('aria-label'),
    texts: [...svg.querySelectorAll('text')].map(({ textContent }) => textContent),
    colours: [...svg.querySelectorAll('g[aria-label=dot]')].map(
      (dot) => dot.getAttribute('fill') ?? dot.getAttribute('stroke'),
    ),
    // Lines of rates, from the corner to where they end: axes have three points.
    falls: [...svg.querySelectorAll('g[aria-label=line] path')]
      .map((path) => [...path.getAttribute('d')!.matchAll(/[ML]([\d.]+),([\d.]+)/g)])
      .filter((points) => points.length === 2)
      .map(([from, to]) => (Number(to![2]) - Number(from![2])) / (Number(to![1]) - Number(from![1]))),
  };
}

describe('a picture of a card', () => {
  test.each([
    ['a pair that is learned', { gate: softmax(), expert: gelu }],
    ['linear experts', { gate: softmax(), expert: linear() }],
    ['a learned temperature', { gate: temperature(), expert: gelu }],
  ])('%s has the lights, the culprit and the slopes of its card', (_, pair) => {
    const card = reportCard({ ...pair, ...size });
    const { label, texts, colours, falls } = drawn(card);
    const verdicts = [card.firstOrder, card.secondOrder, card.literal!].map(({ verdict }) => verdict);
    expect(texts.filter((text) => verdicts.includes(text as never))).toEqual(verdicts);
    const meanings = new Map(verdicts.map((verdict, i) => [verdict, colours[i]]));
    expect(colours).toEqual(verdicts.map((verdict) => meanings.get(verdict)));
    expect(new Set(meanings.values()).size).toBe(meanings.size);
    expect(label).toBe(`${card.title}: ${card.summary}`);
    expect(texts.some((text) => text?.startsWith('What is to blame'))).toBe(card.culprits.length > 0);
    // A decade of loss is drawn as high as two decades of n are wide, but for the shape of the panel.
    const slopes = promisedSlopes(card.rates.rates).map(({ slope }) => -slope);
    const steepest = falls[0]! / slopes[0]!;
    for (const [i, fall] of falls.entries()) expect(fall / steepest).toBeCloseTo(slopes[i]!, 6);
    expect(falls).toHaveLength(slopes.length);
  });

  test('of what is no card, nothing is drawn', () => {
    expect(() => reportCardPlot({} as ReportCard)).toThrow(/\[tfjs-moe\] reportCardPlot: card must be/);
  });
});

test('rates are powers of n, each once, and what is unknown is none', () => {
  const rate = (quantity: string, of: string) =>
    ({ quantity, rate: of, latex: '', status: '', source: '' }) as never;
  expect(
    promisedSlopes([
      rate('over-fitted atoms', 'n^(-1/4)'),
      rate('regression function', 'n^(-1/2)'),
      rate('exact atoms', 'n^(-1/2)'),
      rate('density', 'unknown'),
      rate('experts', 'none'),
    ]),
  ).toEqual([
    { rate: 'n^(-1/2)', slope: -0.5, quantities: ['regression function', 'exact atoms'] },
    { rate: 'n^(-1/4)', slope: -0.25, quantities: ['over-fitted atoms'] },
    { rate: 'none', slope: 0, quantities: ['experts'] },
  ]);
});
