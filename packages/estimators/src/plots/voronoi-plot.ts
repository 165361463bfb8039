import { dot, link, type PlotOptions, text } from '@observablehq/plot';
import { expectKnownOptions, expectOneOf, MoeError, paramSize } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs, type VoronoiOptions, voronoiLoss } from '@tfjs-moe/measures';
import { frame, label } from './frame.ts';
import { colourScale } from './palette.ts';

/** Options of `voronoiPlot`. */
export interface VoronoiPlotOptions extends VoronoiOptions {
  /** What is along the horizontal axis, one of `atomCoordinates`. Default: the first of them. */
  readonly x?: string;
  /** What is along the vertical axis. Default: the second of them. */
  readonly y?: string;
}

const WHO = 'voronoiPlot';

/**
 * voronoiPlot: fitted atoms against true ones, in two coordinates. Every fitted atom, a dot with an area like its mass, is
 * joined to the true atom, a cross, whose Voronoi cell it is in; the gauge is that of the loss.
 *
 * Cells are of the whole parameter space: an atom may be nearer to another true one in the two coordinates that are shown.
 * Several fits, as the replicates of a study, are laid over one another.
 */
export function voronoiPlot(
  fitted: MixingMeasure | readonly MixingMeasure[],
  truth: MixingMeasure,
  options: VoronoiPlotOptions = {},
): PlotOptions {
  expectKnownOptions(WHO, options, ['x', 'y', 'loss', 'r', 'gauge', 'masses']);
  const { x, y, ...rest } = options;
  const fits: readonly MixingMeasure[] = Array.isArray(fitted) ? fitted : [fitted];
  if (fits.length === 0) throw new MoeError(WHO, 'fitted must be a mixing measure or a list of them', fitted);
  for (const measure of fits) expectMeasure(WHO, 'fitted', measure);
  expectMeasure(WHO, 'truth', truth);
  const known = atomCoordinates(truth);
  const axes = {
    x: expectOneOf(WHO, 'x', x ?? known[0], known),
    y: expectOneOf(WHO, 'y', y ?? known[1] ?? known[0], known),
  };
  const names = Array.from({ length: truth.experts }, (_, j) => `true ${j + 1}`);
  const trueAtoms = placesOf(truth, axes).map((place, j) => ({ ...place, name: names[j]! }));
  const atoms = fits.flatMap((measure) => {
    const { cells, aligned } = voronoiLoss(measure, truth, rest);
    const places = placesOf(aligned, axes);
    const masses = massesOf(aligned);
    return cells.flatMap((cell, j) =>
      cell.map((i) => ({
        x: places[i]!.x,
        y: places[i]!.y,
        name: names[j]!,
        radius: 2 + 5 * Math.sqrt(masses[i]!),
        trueX: trueAtoms[j]!.x,
        trueY: trueAtoms[j]!.y,
      })),
    );
  });
  const many = fits.length > 1;
  return frame({
    height: 360,
    inset: 16,
    x: { label: axes.x },
    y: { label: axes.y, grid: true },
    r: { type: 'identity' },
    color: colourScale(names),
    marks: [
      // Below the atoms, or it would hide some.
      text(trueAtoms, { x: 'x', y: 'y', text: 'name', dy: -16, fontWeight: 600, ...label }),
      link(atoms, {
        x1: 'x',
        y1: 'y',
        x2: 'trueX',
        y2: 'trueY',
        stroke: 'name',
        strokeOpacity: many ? 0.25 : 0.7,
      }),
      dot(atoms, { x: 'x', y: 'y', r: 'radius', fill: 'name', fillOpacity: many ? 0.4 : 0.8 }),
      dot(trueAtoms, { x: 'x', y: 'y', r: 6, symbol: 'times', stroke: 'currentColor', strokeWidth: 2 }),
    ],
  });
}

/**
 * The numbers that every atom has, by name: `expert/kernel[0]`, `expert/bias`, `gate/router/kernel[0]`, and `sigma` where the
 * measure has a standard deviation for every expert.
 */
export function atomCoordinates(measure: MixingMeasure): string[] {
  expectMeasure('atomCoordinates', 'measure', measure);
  return [...coordinatesOf(measure).keys()];
}

function expectMeasure(who: string, name: string, measure: MixingMeasure): void {
  if (measure?.gate?.role === 'gate') return;
  throw new MoeError(who, `${name} must be a mixing measure`, measure);
}

function coordinatesOf(measure: MixingMeasure): Map<string, (atom: number) => number> {
  const { experts, dispersions, family } = measure;
  const specs = measureSpecs(measure);
  const found = new Map<string, (atom: number) => number>();
  for (const part of ['expert', 'gate'] as const) {
    const numbers = part === 'expert' ? measure.expertParams : measure.gateParams;
    for (const [name, spec] of Object.entries(specs[part])) {
      if (spec.shared || spec.copies !== experts) continue;
      const size = paramSize(spec);
      for (let k = 0; k < size; k++) {
        const place = size === 1 ? '' : `[${k}]`;
        found.set(`${part}/${name}${place}`, (atom) => numbers[name]![atom * size + k]!);
      }
    }
  }
  if (dispersions?.length === experts)
    found.set(family?.dispersion?.name ?? 'sigma', (atom) => dispersions[atom]!);
  return found;
}

function placesOf(measure: MixingMeasure, axes: { readonly x: string; readonly y: string }) {
  const of = coordinatesOf(measure);
  return Array.from({ length: measure.experts }, (_, atom) => ({
    x: of.get(axes.x)?.(atom) ?? Number.NaN,
    y: of.get(axes.y)?.(atom) ?? Number.NaN,
  }));
}

/** $e^{\beta_{0i}}$ as parts of the largest; 1 where the gate has no bias. */
function massesOf({ gateParams, experts }: MixingMeasure): number[] {
  const biases = gateParams.bias?.length === experts ? gateParams.bias : new Array<number>(experts).fill(0);
  const largest = Math.max(...biases);
  return biases.map((bias) => Math.exp(bias - largest));
}
