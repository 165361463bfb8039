import { line, type Markish, text } from '@observablehq/plot';
import type { CurveLabel, CurvePoint } from './curves.ts';
import { label } from './frame.ts';

export interface CurveMarksOptions {
  /** Fixed facet of all of them. */
  readonly fy?: string;
}

/**
 * Marks of curves with their names on them.
 */
export function curveMarks(points: readonly CurvePoint[], { fy }: CurveMarksOptions = {}): Markish {
  return line(points, {
    x: 'x',
    y: 'y',
    z: 'name',
    stroke: 'name',
    strokeWidth: 2.5,
    strokeLinecap: 'butt',
    clip: true,
    strokeOpacity: { value: 'strength', scale: null },
    ...(fy !== undefined && { fy: () => fy }),
  });
}

/** Text is anchored by mark, not by datum: one mark for each side. */
export function labelMarks(labels: readonly CurveLabel[], { fy }: CurveMarksOptions = {}): Markish[] {
  return (['start', 'middle', 'end'] as const).map((side) =>
    text(
      labels.filter((each) => each.side === side),
      {
        x: 'x',
        y: 'y',
        text: 'name',
        textAnchor: side,
        dy: -10,
        fontWeight: 600,
        ...label,
        ...(fy !== undefined && { fy: () => fy }),
      },
    ),
  );
}
