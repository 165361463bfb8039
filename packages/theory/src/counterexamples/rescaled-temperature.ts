import { expectPositive, MoeError } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { type Counterexample, expectTruth } from './counterexample.ts';
import { gateNames } from './names.ts';

/** Options of `rescaledTemperature`. */
export interface RescaledTemperatureOptions {
  /** c, positive and not 1. Default 1.5. */
  readonly factor?: number;
  /** Names of the gate's parameters that are multiplied. Default: the temperature and what the scores are homogeneous in. */
  readonly parameters?: readonly string[];
}

/**
 * K7: $(\beta_1, \beta_0, \tau)$ and $c\,(\beta_1, \beta_0, \tau)$ give the same gate where the router is homogeneous
 * of degree 1 in some parameters: a linear router, or any whose last layer is linear.
 *
 * With a learned temperature no expert helps: none of these parameters can be estimated, at any rate.
 */
export function rescaledTemperature(
  truth: MixingMeasure,
  options: RescaledTemperatureOptions = {},
): Counterexample {
  expectTruth('rescaledTemperature', truth, options, ['factor', 'parameters']);
  const { scores, temperature } = gateNames(truth);
  const { parameters = [...scores, temperature] } = options;
  const factor = expectPositive('rescaledTemperature', 'factor', options.factor ?? 1.5);
  if (factor === 1) throw new MoeError('rescaledTemperature', 'factor must not be 1', factor);
  const gateParams = { ...truth.gateParams };
  for (const name of parameters) {
    const numbers = gateParams[name];
    if (numbers === undefined)
      throw new MoeError('rescaledTemperature', `the gate has no parameter "${name}"`);
    gateParams[name] = numbers.map((value) => factor * value);
  }
  return {
    name: 'K7',
    statement:
      'a temperature over a homogeneous router: all scores and the temperature have a common scale that nothing shows',
    latex:
      '\\frac{c\\,\\beta_1^\\top x + c\\,\\beta_0}{c\\,\\tau} = \\frac{\\beta_1^\\top x + \\beta_0}{\\tau}',
    source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 3 and equation (15)',
    truth,
    other: { ...truth, gateParams },
  };
}
