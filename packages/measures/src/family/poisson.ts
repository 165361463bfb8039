import { expectKnownOptions } from '@tfjs-moe/core';
import { incompleteGamma, logGamma } from '@tfjs-moe/numerics';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { drawCount } from './draw.ts';
import { plainRoom } from './law-columns.ts';
import { expectRows, isCount } from './spread.ts';

/**
 * Poisson family: counts with $\log \mathrm{E} y = h$, $\log f = y h - e^h - \log y!$.
 *
 * For numbers of events without an upper limit whose variance is about their mean; where it is larger, take the negative
 * binomial. An offset $\log t$ makes h the logarithm of a rate per unit of exposure t.
 *
 * Source: McCullagh and Nelder, "Generalized Linear Models" (1989), chapter 6.
 */
export const poisson: FamilyFactory<[options?: Record<string, never>]> = /* @__PURE__ */ defineFamily(
  'poisson',
  (options = {}) => {
    expectKnownOptions('poisson', options, []);
    return {
      config: {},
      link: 'log',
      isDiscrete: true,
      support: 'counts',
      expectResponse: (who, observed) =>
        expectRows(who, observed, 'be counts, integers of at least 0', isCount),
      onLinkScale: ({ response }) => response.map((y) => Math.log(y + 0.5)),
      columns({ response }) {
        const constants = response.map((y) => -logGamma(y + 1));
        return {
          units: 1,
          room: plainRoom,
          evaluate([output], { first, rows }, _lambda, { log, slopes, curvatures }) {
            const slope = slopes[0]!;
            const curvature = curvatures[0] as Float64Array;
            const h = output!.value;
            for (let i = 0; i < rows; i++) {
              const y = response[first + i]!;
              const mean = Math.exp(h[i]!);
              log[i] = y * h[i]! - mean + constants[first + i]!;
              slope[i] = y - mean;
              curvature[i] = mean;
            }
          },
        };
      },
      image: {
        name: 'E s^y',
        arguments: () => 1,
        of: (ops, h, s) => ops.exp(ops.mul(ops.exp(h), ops.sub(s, ops.constant(1)))),
        kernel: (y, [s]) => s! ** y,
      },
      // The transform of the negative binomial.
      imageBeside: {
        name: 'E (1 - s^2)^y',
        arguments: () => 1,
        of: (ops, h, s) => ops.exp(ops.sub(ops.constant(0), ops.mul(ops.exp(h), ops.mul(s, s)))),
        kernel: (y, [s]) => (1 - s! ** 2) ** y,
      },
      mean: ({ outputs }) => Math.exp(outputs[0]!),
      variance: ({ outputs }) => Math.exp(outputs[0]!),
      tails({ outputs }, y) {
        const mean = Math.exp(outputs[0]!);
        const at = Math.exp(y * outputs[0]! - mean - logGamma(y + 1));
        return [y === 0 ? 0 : incompleteGamma(y, mean)[1], at, incompleteGamma(y + 1, mean)[0]];
      },
      draw: ({ outputs }, random) => drawCount(Math.exp(outputs[0]!), random),
    };
  },
);
