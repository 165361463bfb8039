import { expectKnownOptions } from '@tfjs-moe/core';
import { normalCdf } from '@tfjs-moe/numerics';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { DENSITY } from './law-image.ts';
import { locationScale } from './location-scale.ts';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * Gaussian family: $y \sim N(h, \sigma^2)$, $\log f = -\tfrac12\log 2\pi - \log\sigma - (y-h)^2 / 2\sigma^2$.
 *
 * For responses that are numbers, with errors of about the same size whatever the inputs. With deviations of their own the
 * likelihood has no bound, since an expert may fit a few rows exactly; one deviation for all has one.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994).
 */
export const gaussian: FamilyFactory<[options?: Record<string, never>]> = /* @__PURE__ */ defineFamily(
  'gaussian',
  (options = {}) => {
    expectKnownOptions('gaussian', options, []);
    return {
      config: {},
      ...locationScale('sigma'),
      isLeastSquares: true,
      columns: ({ response }) => ({
        units: 1,
        room: (rows) => ({
          log: new Float64Array(rows),
          slopes: [new Float64Array(rows)],
          curvatures: [0],
          dispersion: {
            slope: new Float64Array(rows),
            curvature: new Float64Array(rows),
            cross: new Float64Array(rows),
          },
        }),
        evaluate([output], { first, rows }, logSigma, { log, slopes, curvatures, dispersion }, derivatives) {
          const inverse = Math.exp(-logSigma);
          const constant = -HALF_LOG_TWO_PI - logSigma;
          const mean = output!.value;
          if (!derivatives) {
            for (let i = 0; i < rows; i++) {
              const z = (response[first + i]! - mean[i]!) * inverse;
              log[i] = constant - 0.5 * z * z;
            }
            return;
          }
          const slope = slopes[0]!;
          const { slope: noise, curvature, cross } = dispersion!;
          curvatures[0] = inverse * inverse;
          for (let i = 0; i < rows; i++) {
            const z = (response[first + i]! - mean[i]!) * inverse;
            const square = z * z;
            log[i] = constant - 0.5 * square;
            slope[i] = z * inverse;
            noise[i] = square - 1;
            curvature[i] = -2 * square;
            cross[i] = -2 * z * inverse;
          }
        },
      }),
      image: {
        name: 'E exp(s y)',
        arguments: () => 1,
        of(ops, h, s, { dispersion: variance }) {
          const quadratic = ops.mul(ops.mul(ops.constant(0.5), variance!), ops.mul(s, s));
          return ops.exp(ops.add(ops.mul(h, s), quadratic));
        },
        kernel: (y, [s]) => Math.exp(s! * y),
        dispersion: { name: 'variance', of: (sigma) => sigma ** 2 },
      },
      imageBeside: {
        name: DENSITY,
        arguments: () => 1,
        of(ops, h, s, { dispersion: scale }) {
          const z = ops.div(ops.sub(s, h), scale!);
          return ops.div(ops.exp(ops.mul(ops.constant(-0.5), ops.mul(z, z))), scale!);
        },
        lawsOf: 'entire functions',
        dispersion: { name: 'scale', of: (sigma) => sigma },
      },
      mean: ({ outputs }) => outputs[0]!,
      variance: ({ dispersion }) => dispersion ** 2,
      tails({ outputs, dispersion }, y) {
        const z = (y - outputs[0]!) / dispersion;
        return [normalCdf(z), 0, normalCdf(-z)];
      },
      draw: ({ outputs, dispersion }, random) => outputs[0]! + dispersion * random.normal(),
    };
  },
);
