import { type MixingMeasure, measureParts } from '../measure/mixing-measure.ts';

/**
 * $f_G(x) = \sum_e w_e(x)\, h(x, \eta_e)$ by its plain definition, [rows, units] in row-major order: an oracle for `predict`,
 * with which it has nothing but the definitions in common, and what `simulate` adds noise to, bit for bit.
 */
export function measureOutput(of: MixingMeasure, rows: readonly (readonly number[])[]): number[] {
  const { weights, outputs } = measureParts(of, rows);
  const { experts, units = 1 } = of;
  return Array.from({ length: rows.length * units }, (_, i) => {
    const t = Math.floor(i / units);
    let sum = 0;
    for (let e = 0; e < experts; e++) {
      const weight = weights[t * experts + e]!;
      // An expert that a token is not sent to has no say, even where its output overflows.
      if (weight !== 0) sum += weight * outputs[(t * experts + e) * units + (i % units)]!;
    }
    return sum;
  });
}
