/**
 * The figures of a study: one for every loss and panel, each with what it shows in words.
 */
import { lossLabel } from './loss-label.ts';
import { rateFigure } from './rate-figure.ts';
import type { Curve } from './summarise.ts';

export interface Figure {
  /** `over-fitted-D1`: names a file. */
  readonly name: string;
  readonly title: string;
  readonly curves: readonly Curve[];
  /** An SVG that needs nothing else. */
  readonly svg: string;
}

export function figuresOf(study: string, curves: readonly Curve[]): Figure[] {
  const keys = new Map<string, Curve[]>();
  for (const curve of curves) {
    const key = JSON.stringify([curve.loss, curve.panel]);
    keys.set(key, [...(keys.get(key) ?? []), curve]);
  }
  return [...keys.values()].map((own) => {
    const { loss, panel } = own[0]!;
    const label = lossLabel(loss);
    const title = `${capital(label)}${panel ? `, ${panel}` : ''}`;
    const name = [study, loss, panel ?? '']
      .filter(Boolean)
      .join('-')
      .replace(/[^A-Za-z0-9]+/g, '-');
    return { name, title, curves: own, svg: rateFigure(`${study}: ${title}`, label, own) };
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
