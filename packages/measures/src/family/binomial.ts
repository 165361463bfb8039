import { expectKnownOptions } from '@tfjs-moe/core';
import { incompleteBeta, logGamma } from '@tfjs-moe/numerics';
import { defineFamily, type FamilyFactory } from './define-family.ts';
import { drawBinomial } from './draw.ts';
import type { Observed } from './family.ts';
import { plainRoom } from './law-columns.ts';
import { integerPower } from './law-image.ts';
import { expectRows, isCount } from './spread.ts';

/**
 * Binomial family: successes in m trials with $\mathrm{logit}\, p = h$,
 * $\log f = \log\binom{m}{y} + y h - m \log(1 + e^h)$.
 *
 * For yes or no (m = 1, the default) and for counts with an upper limit; the numbers of trials come with the sample.
 *
 * Source: McCullagh and Nelder, "Generalized Linear Models" (1989), chapter 4.
 */
export const binomial: FamilyFactory<[options?: Record<string, never>]> = /* @__PURE__ */ defineFamily(
  'binomial',
  (options = {}) => {
    expectKnownOptions('binomial', options, []);
    return {
      config: {},
      link: 'logit',
      isDiscrete: true,
      support: 'counts up to trials',
      hasTrials: true,
      expectResponse(who, observed) {
        const { trials } = observed;
        expectRows(
          who,
          observed,
          trials === undefined ? 'be 0 or 1; counts need trials' : 'be a count of at most its trials',
          (y, i) => isCount(y) && y <= (trials?.[i] ?? 1),
        );
      },
      onLinkScale: ({ response, trials }) =>
        response.map((y, i) => Math.log((y + 0.5) / (trialsAt(trials, i) - y + 0.5))),
      columns({ response, trials }) {
        const constants = response.map((y, i) => logChoices(trialsAt(trials, i), y));
        return {
          units: 1,
          room: plainRoom,
          evaluate([output], { first, rows }, _lambda, { log, slopes, curvatures }) {
            const slope = slopes[0]!;
            const curvature = curvatures[0] as Float64Array;
            const h = output!.value;
            for (let i = 0; i < rows; i++) {
              const y = response[first + i]!;
              const m = trials === undefined ? 1 : trials[first + i]!;
              // e^-|h| never overflows; p and 1 - p without cancellation.
              const small = Math.exp(-Math.abs(h[i]!));
              const [p, q] =
                h[i]! > 0 ? [1 / (1 + small), small / (1 + small)] : [small / (1 + small), 1 / (1 + small)];
              log[i] =
                constants[first + i]! + (h[i]! > 0 ? (y - m) * h[i]! : y * h[i]!) - m * Math.log1p(small);
              slope[i] = y * q - (m - y) * p;
              curvature[i] = m * p * q;
            }
          },
        };
      },
      image: {
        name: 'E s^y',
        arguments: () => 1,
        of(ops, h, s, { trials }) {
          const p = ops.activation('sigmoid', h);
          const one = ops.constant(1);
          return integerPower(ops, ops.add(one, ops.mul(p, ops.sub(s, one))), trials);
        },
        kernel: (y, [s]) => s! ** y,
      },
      mean: ({ outputs, trials }) => trials / (1 + Math.exp(-outputs[0]!)),
      variance({ outputs, trials }) {
        const small = Math.exp(-Math.abs(outputs[0]!));
        return (trials * small) / (1 + small) ** 2;
      },
      tails({ outputs, trials }, y) {
        const p = 1 / (1 + Math.exp(-outputs[0]!));
        const q = 1 / (1 + Math.exp(outputs[0]!));
        const at = Math.exp(logChoices(trials, y) + y * Math.log(p) + (trials - y) * Math.log(q));
        return [
          y === 0 ? 0 : incompleteBeta(trials - y + 1, y, q, p)[0],
          y === 0 && p === 0 ? 1 : y === trials && q === 0 ? 1 : at,
          y === trials ? 0 : incompleteBeta(y + 1, trials - y, p, q)[0],
        ];
      },
      draw: ({ outputs, trials }, random) => drawBinomial(trials, 1 / (1 + Math.exp(-outputs[0]!)), random),
    };
  },
);

const trialsAt = (trials: Observed['trials'], row: number) => (trials === undefined ? 1 : trials[row]!);

const logChoices = (m: number, y: number) =>
  m === 1 ? 0 : logGamma(m + 1) - logGamma(y + 1) - logGamma(m - y + 1);
