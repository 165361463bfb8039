import { expectKnownOptions } from '@tfjs-moe/core';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { dispersionRoom } from './law-columns.ts';
import { locationScale } from './location-scale.ts';

/** Part of the scale below which a residual weighs as this one in scoring: the weight of 0 would be infinite. */
const NEAREST = 1e-3;
/** Part of the scale below which a response is met, and lies on neither side: what is left of its residual is rounding. */
const MET = 1e-9;

/**
 * Laplace family: $\log f = -\log 2b - |y - h| / b$, with b the `scale`.
 *
 * A robust fit by least absolute deviations: h is the median, and rows far from an expert pull as much as near ones. The
 * likelihood has a kink where an expert meets a response, and its maximum lies where experts meet as many as they have
 * coefficients. The mean absolute deviation is b, the standard deviation $\sqrt 2\, b$. One expert is median regression,
 * `quantreg::rq` of R.
 *
 * Source: Koenker and Bassett, "Regression Quantiles" (1978); Song, Yao and Xing, "Robust mixture regression model fitting by
 * Laplace distribution" (2014).
 */
export const laplace: FamilyFactory<[options?: Record<string, never>]> = /* @__PURE__ */ defineFamily(
  'laplace',
  (options = {}) => {
    expectKnownOptions('laplace', options, []);
    return {
      config: {},
      ...locationScale('scale'),
      isLeastAbsolute: true,
      columns: ({ response }) => ({
        units: 1,
        room: dispersionRoom,
        evaluate(
          [output],
          { first, rows },
          logScale,
          { log, slopes, curvatures, scoring, dispersion },
          derivatives,
        ) {
          const inverse = Math.exp(-logScale);
          const constant = -Math.LN2 - logScale;
          const median = output!.value;
          for (let i = 0; i < rows; i++)
            log[i] = constant - Math.abs(response[first + i]! - median[i]!) * inverse;
          if (!derivatives) return;
          const slope = slopes[0]!;
          const weight = scoring![0] as Float64Array;
          (curvatures[0] as Float64Array).fill(0, 0, rows);
          const { slope: noise, curvature: bend, cross } = dispersion!;
          for (let i = 0; i < rows; i++) {
            const z = (response[first + i]! - median[i]!) * inverse;
            const size = Math.abs(z);
            const side = size > MET ? Math.sign(z) : 0;
            slope[i] = side * inverse;
            weight[i] = (inverse * inverse) / Math.max(size, NEAREST);
            noise[i] = size - 1;
            bend[i] = -size;
            cross[i] = -side * inverse;
          }
        },
      }),
      mean: ({ outputs }) => outputs[0]!,
      variance: ({ dispersion }) => 2 * dispersion ** 2,
      tails({ outputs, dispersion }, y) {
        const z = (y - outputs[0]!) / dispersion;
        const tail = 0.5 * Math.exp(-Math.abs(z));
        return z < 0 ? [tail, 0, 1 - tail] : [1 - tail, 0, tail];
      },
      draw({ outputs, dispersion }, random) {
        const u = random.uniform() - 0.5;
        return outputs[0]! - dispersion * Math.sign(u) * Math.log1p(-2 * Math.abs(u));
      },
    };
  },
);
