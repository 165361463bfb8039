import type { LawRoom } from '@tfjs-moe/measures';

/**
 * Writes 0 for the derivatives at rows that an expert gives no probability to, as where its mean overflows: they are infinite,
 * and 0, the expert's responsibility there, times infinity would make every sum NaN.
 */
export function withoutImpossible(law: LawRoom, rows: number): void {
  const { log } = law;
  for (let i = 0; i < rows; i++) if (log[i] === -Infinity) silence(law, i);
}

function silence({ slopes, curvatures, scoring = [], dispersion }: LawRoom, i: number): void {
  const { slope, curvature, cross } = dispersion ?? {};
  for (const column of [...slopes, ...curvatures, ...scoring, slope, curvature, cross])
    if (typeof column === 'object') column[i] = 0;
}
