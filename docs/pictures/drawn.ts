/** Pictures that are drawn once, while the site is built, and change nothing in a page. */
import { type PlotOptions, plot } from '@observablehq/plot';
import { reportCardPlot } from '@tfjs-moe/theory/plots';
import { JSDOM } from 'jsdom';
import { plainSvg } from '../live/plain-svg.ts';
import { dispatched, dispatchPlot } from './dispatch-strip.ts';
import { expertKindsPlot, expertLines } from './expert-kinds.ts';
import { cardOfTemperature } from './report-card.ts';
import { fittedAtoms, voronoiAtomsPlot } from './voronoi-atoms.ts';

export interface Drawn {
  readonly experts: string;
  readonly dispatch: string;
  readonly voronoi: string;
  readonly card: string;
}

export async function drawnPictures(): Promise<Drawn> {
  return {
    experts: drawing(expertKindsPlot(expertLines())),
    dispatch: drawing(dispatchPlot(await dispatched())),
    voronoi: drawing(voronoiAtomsPlot(fittedAtoms())),
    card: drawing(reportCardPlot(cardOfTemperature())),
  };
}

/** Without the style that Plot adds, which Vue would leave out. */
export function drawing(options: PlotOptions): string {
  const { document } = new JSDOM('').window;
  const picture = plot({ ...options, document });
  picture.querySelector('style')?.remove();
  return plainSvg(picture.outerHTML).replace(/\n\s*/g, ' ');
}
