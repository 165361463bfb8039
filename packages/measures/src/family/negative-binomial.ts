import { expectKnownOptions } from '@tfjs-moe/core';
import { incompleteBeta, logGamma } from '@tfjs-moe/numerics';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { drawCount, drawGamma } from './draw.ts';
import { dispersionRoom } from './law-columns.ts';
import { gammaTransform } from './law-image.ts';
import { risingFactorials } from './rising-factorials.ts';
import { expectRows, isCount } from './spread.ts';

/**
 * Negative binomial family (NB2): counts with $\log \mathrm{E} y = h$ and variance $\mu + \mu^2 / \theta$,
 * $\log f = \log\frac{\Gamma(y+\theta)}{\Gamma(\theta)\, y!} + \theta\log\frac{\theta}{\mu+\theta} + y\log\frac{\mu}{\mu+\theta}$.
 *
 * For counts that vary more than Poisson's: $\theta$ is that of R's `MASS::glm.nb`, and where it is large the law is
 * Poisson's.
 *
 * Source: Lawless, "Negative binomial and mixed Poisson regression" (1987).
 */
export const negativeBinomial: FamilyFactory<[options?: Record<string, never>]> =
  /* @__PURE__ */ defineFamily('negativeBinomial', (options = {}) => {
    expectKnownOptions('negativeBinomial', options, []);
    return {
      config: {},
      link: 'log',
      isDiscrete: true,
      support: 'counts',
      // Neither end is degenerate: at the upper one stands Poisson's law.
      dispersion: { name: 'theta', bounds: () => [1e-6, 1e7] },
      expectResponse: (who, observed) =>
        expectRows(who, observed, 'be counts, integers of at least 0', isCount),
      onLinkScale: ({ response }) => response.map((y) => Math.log(y + 0.5)),
      columns({ response }) {
        const constants = response.map((y) => -logGamma(y + 1));
        const rising = risingFactorials(response);
        return {
          units: 1,
          room: dispersionRoom,
          evaluate(
            [output],
            { first, rows },
            lambda,
            { log, slopes, curvatures, scoring, dispersion },
            derivatives,
          ) {
            const theta = Math.exp(lambda);
            const inverse = Math.exp(-lambda);
            const { place, logs, firsts, seconds } = rising(theta);
            const h = output!.value;
            for (let i = 0; i < rows; i++) {
              const y = response[first + i]!;
              // log(1 + mu / theta), also where mu overflows.
              const beyond = h[i]! - lambda;
              const ratio = beyond > 40 ? beyond : Math.log1p(Math.exp(beyond));
              log[i] =
                constants[first + i]! + logs[place[first + i]!]! - (y + theta) * ratio + y * (h[i]! - lambda);
            }
            if (!derivatives) return;
            const slope = slopes[0]!;
            const curvature = curvatures[0] as Float64Array;
            const information = scoring![0] as Float64Array;
            const { slope: noise, curvature: bend, cross } = dispersion!;
            for (let i = 0; i < rows; i++) {
              const y = response[first + i]!;
              const at = place[first + i]!;
              // mu / (mu + theta) and its complement: no product below has 0 times infinity.
              const odds = Math.exp(h[i]! - lambda);
              const q = 1 / (1 + odds);
              const p = odds === Infinity ? 1 : odds * q;
              const gap = p - y * inverse * q;
              slope[i] = y * q - theta * p;
              curvature[i] = (y + theta) * p * q;
              information[i] = theta * p;
              noise[i] =
                theta * (firsts[at]! - (odds === Infinity ? h[i]! - lambda : Math.log1p(odds)) + gap);
              bend[i] = noise[i]! + theta * (theta * seconds[at]! + p - q * gap);
              cross[i] = y * p * q - theta * p * p;
            }
          },
        };
      },
      image: {
        name: 'E (1 - s^2)^y',
        arguments: () => 1,
        of: (ops, h, s, { dispersion }) => gammaTransform(ops, h, s, dispersion!),
        kernel: (y, [s]) => (1 - s! ** 2) ** y,
        dispersion: { name: 'theta', of: (theta) => theta },
      },
      mean: ({ outputs }) => Math.exp(outputs[0]!),
      variance({ outputs, dispersion }) {
        const mean = Math.exp(outputs[0]!);
        return mean + (mean * mean) / dispersion;
      },
      tails({ outputs, dispersion: theta }, y) {
        const mean = Math.exp(outputs[0]!);
        const q = theta / (mean + theta);
        const p = mean / (mean + theta);
        const at = Math.exp(
          logGamma(y + theta) -
            logGamma(theta) -
            logGamma(y + 1) -
            theta * Math.log1p(mean / theta) +
            (y === 0 ? 0 : y * Math.log(p)),
        );
        return [y === 0 ? 0 : incompleteBeta(theta, y, q, p)[0], at, incompleteBeta(y + 1, theta, p, q)[0]];
      },
      draw: ({ outputs, dispersion: theta }, random) =>
        drawCount((Math.exp(outputs[0]!) / theta) * drawGamma(theta, random), random),
    };
  });
