import { expectKnownOptions, expectPositive } from '@tfjs-moe/core';
import { incompleteBeta, logGamma } from '@tfjs-moe/numerics';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { drawGamma } from './draw.ts';
import { dispersionRoom } from './law-columns.ts';
import { DENSITY, integerPower } from './law-image.ts';
import { locationScale } from './location-scale.ts';

/** Options of `studentT`: how heavy its tails are. */
export interface StudentTOptions {
  /** $\nu$, positive: 1 is Cauchy's law, and infinity would be the normal. Default 4. */
  readonly degreesOfFreedom?: number;
}

/**
 * Student's t family: $(y - h) / \sigma \sim t_\nu$,
 * $\log f = c_\nu - \log\sigma - \frac{\nu+1}{2} \log(1 + z^2/\nu)$ with $z = (y-h)/\sigma$.
 *
 * A robust fit: rows far from an expert hardly move it, where squares would. $\sigma$ is the scale, not the deviation, which is
 * $\sigma\sqrt{\nu/(\nu-2)}$ where it exists. Steps weigh rows by $(\nu+1)/(\nu+z^2)$, with which none leads downwards.
 *
 * Source: Lange, Little and Taylor, "Robust Statistical Modeling Using the t Distribution" (1989).
 */
export const studentT: FamilyFactory<[options?: StudentTOptions]> = /* @__PURE__ */ defineFamily(
  'studentT',
  (options = {}) => {
    expectKnownOptions('studentT', options, ['degreesOfFreedom']);
    const nu = expectPositive('studentT', 'degreesOfFreedom', options.degreesOfFreedom ?? 4);
    const constant = logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(nu * Math.PI);
    return {
      config: { degreesOfFreedom: nu },
      ...locationScale('sigma'),
      columns: ({ response }) => ({
        units: 1,
        room: dispersionRoom,
        evaluate(
          [output],
          { first, rows },
          logSigma,
          { log, slopes, curvatures, scoring, dispersion },
          derivatives,
        ) {
          const inverse = Math.exp(-logSigma);
          const mean = output!.value;
          for (let i = 0; i < rows; i++) {
            const z = (response[first + i]! - mean[i]!) * inverse;
            log[i] = constant - logSigma - 0.5 * (nu + 1) * Math.log1p((z * z) / nu);
          }
          if (!derivatives) return;
          const slope = slopes[0]!;
          const curvature = curvatures[0] as Float64Array;
          const weight = scoring![0] as Float64Array;
          const { slope: noise, curvature: bend, cross } = dispersion!;
          for (let i = 0; i < rows; i++) {
            const z = (response[first + i]! - mean[i]!) * inverse;
            const pull = (nu + 1) / (nu + z * z);
            slope[i] = pull * z * inverse;
            weight[i] = pull * inverse * inverse;
            const part = pull / (nu + z * z);
            curvature[i] = part * (nu - z * z) * inverse * inverse;
            noise[i] = pull * z * z - 1;
            bend[i] = -2 * nu * part * z * z;
            cross[i] = -2 * nu * part * z * inverse;
          }
        },
      }),
      image: {
        name: DENSITY,
        arguments: () => 1,
        of(ops, h, s, { dispersion: scale }) {
          const z = ops.div(ops.sub(s, h), scale!);
          const base = ops.add(ops.constant(1), ops.div(ops.mul(z, z), ops.constant(nu)));
          const power = (nu + 1) / 2;
          // Without logarithms where it is rational.
          const inverse = Number.isInteger(power)
            ? integerPower(ops, base, power)
            : ops.exp(ops.mul(ops.constant(power), ops.log(base)));
          return ops.div(ops.constant(1), ops.mul(scale!, inverse));
        },
        // Powers of $1 + z^2 / \nu$ that differ by no integer turn otherwise around its zeros.
        lawsOf: `powers ${nu % 2}`,
        dispersion: { name: 'scale', of: (sigma) => sigma },
      },
      mean: ({ outputs }) => outputs[0]!,
      variance: ({ dispersion }) => (nu > 2 ? (dispersion ** 2 * nu) / (nu - 2) : Infinity),
      tails({ outputs, dispersion }, y) {
        const z = (y - outputs[0]!) / dispersion;
        const tail = 0.5 * incompleteBeta(nu / 2, 0.5, nu / (nu + z * z), (z * z) / (nu + z * z))[0];
        return z < 0 ? [tail, 0, 1 - tail] : [1 - tail, 0, tail];
      },
      draw: ({ outputs, dispersion }, random) =>
        outputs[0]! + dispersion * random.normal() * Math.sqrt(nu / (2 * drawGamma(nu / 2, random))),
    };
  },
);
