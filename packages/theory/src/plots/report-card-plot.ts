import { dot, line, type Markish, type PlotOptions, text } from '@observablehq/plot';
import { colourOf } from '@tfjs-moe/core/palette';
import { expectCard } from '../report/expect-card.ts';
import { readable } from '../report/readable.ts';
import type { ReportCard } from '../report/report-card.ts';
import { factsOf } from '../report/report-facts.ts';
import { promisedSlopes } from './promised-slopes.ts';

const WIDTH = 640;
const MARGIN = 16;
const ROW = 26;
/** Where verdicts stand beside their questions. */
const VERDICT = 330;
/** Of the letters, in pixels and in ems: Plot measures lines of text in ems. */
const LETTER = 13;
const ems = (pixels: number): number => pixels / LETTER;
/** Of the panel of rates: a factor of 100 in n, and of 10 in a loss. */
const PANEL = { width: 170, height: 100 };

/** Lights differ in shape too, for readers who do not see their colours. */
const LIGHTS: Readonly<
  Record<string, { readonly colour: string; readonly symbol: 'circle' | 'times' | 'triangle' }>
> = {
  independent: { colour: colourOf(2), symbol: 'circle' },
  dependent: { colour: colourOf(1), symbol: 'times' },
  inconclusive: { colour: colourOf(4), symbol: 'triangle' },
};

/**
 * reportCardPlot: a report card as a picture: what was asked of the pair with a light for every verdict, the equation that is
 * to blame, and the rates that theory states as slopes, on logarithmic axes. A circle is a light of *independent*, a cross of
 * *dependent*, a triangle of *inconclusive*. What no theorem speaks of has no slope.
 */
export function reportCardPlot(card: ReportCard): PlotOptions {
  expectCard('reportCardPlot', card);
  const facts = factsOf(card);
  const [culprit] = card.culprits;
  const reader = readable(card.culprits.slice(0, 1).flatMap(({ name, text: equation }) => [name, equation]));
  const title = lines(card.title, 72);
  const summary = lines(card.summary, 88);
  const blame = culprit === undefined ? [] : lines(reader.text(culprit.text), 80).slice(0, 3);

  const below = (rows: number, height: number) => rows * height;
  const titleAt = MARGIN + 8;
  const summaryAt = titleAt + below(title.length, 20);
  const factsAt = summaryAt + below(summary.length, 17) + 14;
  const blameAt = factsAt + below(facts.length, ROW) + 8;
  const panelAt = blameAt + (blame.length === 0 ? 0 : 20 + below(blame.length, 17) + 18);
  const slopes = promisedSlopes(card.rates.rates);
  const height = panelAt + (slopes.length === 0 ? 24 : PANEL.height + 48);

  return {
    ...{ width: WIDTH, height, margin: 0 },
    ariaLabel: `${card.title}: ${card.summary}`,
    style: { background: 'transparent', color: 'currentColor', fontSize: `${LETTER}px` },
    x: { domain: [0, WIDTH], range: [0, WIDTH], axis: null },
    y: { domain: [0, height], range: [0, height], axis: null },
    marks: [
      paragraph(title, titleAt, 20, { fontSize: 15, fontWeight: 600 }),
      paragraph(summary, summaryAt, 17, {}),
      ...facts.flatMap(({ question, verdict, quantifier }, i) =>
        light(question, verdict, quantifier, factsAt + ROW * (i + 0.5)),
      ),
      ...(culprit === undefined
        ? []
        : [
            paragraph([`What is to blame, ${reader.text(culprit.name)}:`], blameAt + 10, 17, {
              fillOpacity: 0.7,
            }),
            paragraph(blame, blameAt + 30, 17, { fontFamily: 'ui-monospace, monospace', fontSize: 12 }),
          ]),
      ...(slopes.length === 0
        ? [paragraph(['No theorem states a rate for this pair.'], panelAt + 8, 17, { fillOpacity: 0.7 })]
        : panelOf(slopes, panelAt)),
    ],
  };
}

interface Look {
  readonly fontSize?: number;
  readonly fontWeight?: number;
  readonly fontFamily?: string;
  readonly fillOpacity?: number;
}

function paragraph(rows: readonly string[], top: number, height: number, look: Look, left = MARGIN): Markish {
  const at = rows.map((said, i) => ({ said, y: top + i * height }));
  const start = { textAnchor: 'start', fill: 'currentColor' } as const;
  return text(at, { x: () => left, y: 'y', text: 'said', ...start, ...look });
}

function light(question: string, verdict: string, quantifier: string, y: number): Markish[] {
  const { colour, symbol } = LIGHTS[verdict] ?? LIGHTS.inconclusive!;
  const solid = symbol === 'times' ? { stroke: colour, strokeWidth: 3 } : { fill: colour };
  return [
    dot([y], { x: () => MARGIN + 8, y: (at: number) => at, symbol, r: 7, ...solid }),
    paragraph([question], y, ROW, {}, MARGIN + 26),
    paragraph([verdict], y, ROW, { fontWeight: 600 }, VERDICT),
    paragraph([`for ${quantifier}`], y, ROW, { fillOpacity: 0.7 }, VERDICT + 104),
  ];
}

/** Lines that fall from one corner, each as steep as its rate, over two decades of n; what has it stands beside. */
function panelOf(slopes: ReturnType<typeof promisedSlopes>, top: number): Markish[] {
  const [left, start] = [MARGIN + 40, top + 24];
  const right = left + PANEL.width;
  const axis = [
    { x: left, y: start },
    { x: left, y: start + PANEL.height },
    { x: right, y: start + PANEL.height },
  ];
  // Two decades of n to one of the loss: n^(-1/2) ends at the floor.
  const end = (slope: number) => start + PANEL.height * Math.min(1, -2 * slope);
  return [
    paragraph(['The rates that papers state, up to logarithms:'], top + 6, 17, { fillOpacity: 0.7 }),
    line(axis, { x: 'x', y: 'y', stroke: 'currentColor', strokeOpacity: 0.4 }),
    paragraph(['log n'], start + PANEL.height + 12, 17, { fillOpacity: 0.7 }, right - 34),
    paragraph(['log'], start + 8, 17, { fillOpacity: 0.7 }, MARGIN + 8),
    paragraph(['loss'], start + 24, 17, { fillOpacity: 0.7 }, MARGIN + 8),
    ...slopes.flatMap(({ slope, rate, quantities }, i) => [
      line(
        [
          { x: left, y: start },
          { x: right, y: end(slope) },
        ],
        {
          ...{ x: 'x', y: 'y', stroke: colourOf(i), strokeWidth: 2 },
          ...(slope === 0 && { strokeDasharray: '5 4' }),
        },
      ),
      text([{ x: right + 8, y: end(slope) }], {
        ...{ x: 'x', y: 'y', textAnchor: 'start', fill: 'currentColor' },
        text: () => `${spoken(rate)}: ${quantities.join(', ')}`,
        ...{ lineWidth: ems(WIDTH - right - 8 - MARGIN), lineAnchor: slope === 0 ? 'top' : 'bottom' },
      }),
    ]),
  ];
}

const spoken = (rate: string): string => (rate === 'none' ? 'no rate' : rate.replace('-', '−'));

/** A text in lines of at most so many letters. */
function lines(of: string, letters: number): string[] {
  const found: string[] = [];
  for (const word of of.split(' ')) {
    const last = found.at(-1);
    if (last !== undefined && last.length + word.length < letters)
      found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found;
}
