/** What routers are like over a plane of inputs: how one expert is scored, and which of four scores best. */
import { contour, identity, plot } from '@observablehq/plot';
import { arrayInput, arrayOps, arrayParam, type Router, stream, tableOf } from '@tfjs-moe/core';
import { colourOf } from '@tfjs-moe/core/palette';
import {
  constantRouter,
  cosineRouter,
  euclideanRouter,
  linearRouter,
  mlpRouter,
  selectedInputsRouter,
} from '@tfjs-moe/gates';
import { JSDOM } from 'jsdom';
import { plainSvg } from '../live/plain-svg.ts';

const EXPERTS = 4;
const SIDE = 37;
const REACH = 2;
/** Beyond the frame, so that lines leave it instead of running along its edges. */
const OUTSIDE = 2.2;
const SIZE = 250;

/** By the name of its page. */
export const routers: Readonly<Record<string, Router>> = {
  linear: linearRouter(),
  mlp: mlpRouter({ hiddenUnits: 6, activation: 'tanh', outputActivation: 'tanh' }),
  cosine: cosineRouter(),
  euclidean: euclideanRouter(),
  'selected-inputs': selectedInputsRouter({ features: [0] }),
  constant: constantRouter(),
};

const axis = Array.from({ length: SIDE }, (_, i) => OUTSIDE * ((2 * i) / (SIDE - 1) - 1));
const inputs = axis.flatMap((v) => axis.map((u) => [u, v]));

/** The scores of all experts at every place of the plane, under parameters that are drawn. */
export function scoresOf(router: Router): readonly (readonly number[])[] {
  const draw = stream(4, 'routers');
  const params = Object.fromEntries(
    Object.entries(router.params(2)).map(([name, spec]) => {
      const copies = spec.shared ? 1 : EXPERTS;
      const size = copies * spec.shape.reduce((all, each) => all * each, 1);
      const { initializer } = spec;
      const constant = initializer.kind === 'constant' ? initializer.value : undefined;
      return [
        name,
        arrayParam(
          spec,
          copies,
          Array.from({ length: size }, () => constant ?? 1.2 * draw.normal()),
        ),
      ];
    }),
  );
  return tableOf(router.logit(arrayOps, arrayInput(inputs), params));
}

/** Two pictures of a router. */
export function routerPicture(name: string): string {
  const scores = scoresOf(routers[name]!);
  const first = scores.map((row) => row[0]!);
  const ends = { x1: -OUTSIDE, y1: -OUTSIDE, x2: OUTSIDE, y2: OUTSIDE };
  const raster = { width: SIDE, height: SIDE, ...ends, value: identity, clip: true };
  const levels = contour(first, {
    ...raster,
    thresholds: 12,
    fill: 'none',
    stroke: colourOf(0),
  });
  const regions = Array.from({ length: EXPERTS }, (_, e) =>
    contour(
      // How far it is ahead of the best of the others.
      scores.map((row) => row[e]! - Math.max(...row.filter((_, other) => other !== e))),
      { ...raster, thresholds: [0], fill: colourOf(e), fillOpacity: 0.6, stroke: 'none' },
    ),
  );
  const one = drawn(levels, 'the score of one expert', `${name} router: lines of equal score of one expert`);
  const all = drawn(regions, 'who scores best', `${name} router: where each of four experts scores best`);
  return `<figure class="router-levels">${one}${all}</figure>`;
}

function drawn(mark: unknown, caption: string, label: string): string {
  const { document } = new JSDOM('').window;
  const svg = plot({
    document,
    ...{ width: SIZE, height: SIZE, margin: 24, marginTop: 10 },
    x: { domain: [-REACH, REACH], ticks: 3, label: null },
    y: { domain: [-REACH, REACH], ticks: 3, label: null },
    style: { background: 'transparent' },
    marks: [mark],
  } as never);
  svg.querySelector('style')?.remove();
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const text = plainSvg(svg.outerHTML).replace(/\n\s*/g, ' ');
  return `<div>${text}<figcaption>${caption}</figcaption></div>`;
}

export function routerPictures(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(routers).map((name) => [name, routerPicture(name)]));
}
