/**
 * Curves along a slice, and where their names stand: at the middle of where a curve is highest.
 */
import type { Slice } from './slice.ts';

export interface CurvePoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** How much the curve counts here, from 0 to 1, in steps. */
  readonly strength: number;
}

export interface Curve {
  readonly name: string;
  readonly y: (i: number) => number;
  /** How much the curve counts at a point. Default 1. */
  readonly strength?: (i: number) => number;
}

/** Few, since a line is broken wherever its opacity changes. */
const STRENGTHS = 8;
const FAINTEST = 0.1;

export function curvePoints({ along }: Slice, curves: readonly Curve[]): CurvePoint[] {
  return curves.flatMap(({ name, y, strength = () => 1 }) =>
    along.map((x, i) => ({
      name,
      x,
      y: y(i),
      strength: Math.max(FAINTEST, Math.round(Math.min(1, strength(i)) * STRENGTHS) / STRENGTHS),
    })),
  );
}

export interface CurveLabel {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly side: 'start' | 'middle' | 'end';
}

/** @param height what is highest where the name should stand; default: the curve itself */
export function curveLabels(
  { along }: Slice,
  curves: readonly (Curve & { readonly height?: (i: number) => number })[],
): CurveLabel[] {
  return curves.map(({ name, y, height = y }) => {
    const top = along.reduce((most, _, i) => Math.max(most, height(i)), -Infinity);
    const high = along.flatMap((_, i) => (height(i) >= top - 1e-3 * Math.abs(top) ? [i] : []));
    const i = high[Math.floor(high.length / 2)] ?? 0;
    const part = i / (along.length - 1);
    return { name, x: along[i]!, y: y(i), side: part < 0.15 ? 'start' : part > 0.85 ? 'end' : 'middle' };
  });
}
