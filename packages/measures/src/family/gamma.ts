import { expectKnownOptions } from '@tfjs-moe/core';
import { digamma, incompleteGamma, logGamma, trigamma } from '@tfjs-moe/numerics';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { drawGamma } from './draw.ts';
import { dispersionRoom } from './law-columns.ts';
import { gammaTransform } from './law-image.ts';
import { expectRows, varianceOf } from './spread.ts';

/**
 * Gamma family: positive numbers with $\log \mathrm{E} y = h$ and variance $(\mathrm{E} y)^2 / \alpha$,
 * $\log f = \alpha\log\alpha - \alpha h - \log\Gamma(\alpha) + (\alpha - 1) \log y - \alpha y e^{-h}$.
 *
 * For costs, durations and sizes, whose deviation grows with their mean. $\alpha$ is the shape: 1 is the exponential law. R
 * prints the dispersion $1 / \alpha$, which it estimates by moments.
 *
 * Source: McCullagh and Nelder, "Generalized Linear Models" (1989), chapter 8.
 */
export const gamma: FamilyFactory<[options?: Record<string, never>]> = /* @__PURE__ */ defineFamily(
  'gamma',
  (options = {}) => {
    expectKnownOptions('gamma', options, []);
    return {
      config: {},
      link: 'log',
      isDiscrete: false,
      support: 'positive numbers',
      dispersion: {
        name: 'shape',
        degenerate: 'high',
        bounds: (variance, least) => [1e-6, 1 / (least * variance)],
      },
      expectResponse: (who, observed) =>
        expectRows(who, observed, 'be positive numbers', (y) => y > 0 && y < Infinity),
      // Of the logarithms: a small shape is a large spread on their scale.
      spreadOf: (who, { response, weights }) =>
        varianceOf(who, { response: response.map((y) => Math.log(y)), weights }),
      onLinkScale: ({ response }) => response.map((y) => Math.log(y)),
      columns({ response }) {
        const logs = response.map((y) => Math.log(y));
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
            const shape = Math.exp(lambda);
            const constant = shape * lambda - logGamma(shape);
            const h = output!.value;
            for (let i = 0; i < rows; i++) {
              const distance = logs[first + i]! - h[i]!;
              log[i] = constant + shape * (distance - Math.exp(distance)) - logs[first + i]!;
            }
            if (!derivatives) return;
            const slope = slopes[0]!;
            const curvature = curvatures[0] as Float64Array;
            const { slope: noise, curvature: bend, cross } = dispersion!;
            const rest = lambda + 1 - digamma(shape);
            const bending = shape - shape * shape * trigamma(shape);
            scoring![0] = shape;
            for (let i = 0; i < rows; i++) {
              const distance = logs[first + i]! - h[i]!;
              const ratio = Math.exp(distance);
              slope[i] = shape * (ratio - 1);
              curvature[i] = shape * ratio;
              noise[i] = shape * (rest + distance - ratio);
              bend[i] = noise[i]! + bending;
              cross[i] = slope[i]!;
            }
          },
        };
      },
      image: {
        name: 'E exp(-s^2 y)',
        arguments: () => 1,
        // The negative binomial has the same one: it is Poisson with a gamma mean.
        of: (ops, h, s, { dispersion }) => gammaTransform(ops, h, s, dispersion!),
        kernel: (y, [s]) => Math.exp(-(s! ** 2) * y),
        dispersion: { name: 'shape', of: (shape) => shape },
      },
      mean: ({ outputs }) => Math.exp(outputs[0]!),
      variance: ({ outputs, dispersion }) => Math.exp(2 * outputs[0]!) / dispersion,
      tails({ outputs, dispersion }, y) {
        const [below, above] = incompleteGamma(dispersion, dispersion * y * Math.exp(-outputs[0]!));
        return [below, 0, above];
      },
      draw: ({ outputs, dispersion }, random) =>
        (Math.exp(outputs[0]!) / dispersion) * drawGamma(dispersion, random),
    };
  },
);
