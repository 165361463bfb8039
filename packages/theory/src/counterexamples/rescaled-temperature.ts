import { expectPositive, MoeError } from '@tfjs-moe/core';
import { gateTraits, levelsOf, type MixingMeasure, measureSpecs, routerTraits } from '@tfjs-moe/measures';
import { routerName } from '../mixture/covered-form.ts';
import { checked } from './checked.ts';
import { type Counterexample, expectTruth } from './counterexample.ts';
import { expectParameter } from './names.ts';

/** Options of `rescaledTemperature`. */
export interface RescaledTemperatureOptions {
  /** c, positive and not 1. Default 1.5. */
  readonly factor?: number;
  /** Names of the gate's parameters that are multiplied. Default: the temperature and what the scores are homogeneous in. */
  readonly parameters?: readonly string[];
}

/**
 * K7: $(\beta_1, \beta_0, \tau)$ and $c\,(\beta_1, \beta_0, \tau)$ give the same gate where the router is homogeneous
 * in some parameters: a linear router, or any whose last layer is linear or ends with ReLU.
 *
 * With a learned temperature no expert helps: none of these parameters can be estimated, at any rate.
 *
 * Two different mixtures with the same function, which is checked before they are returned.
 */
export function rescaledTemperature(
  truth: MixingMeasure,
  options: RescaledTemperatureOptions = {},
): Counterexample {
  const who = 'rescaledTemperature';
  expectTruth(who, truth, options, ['factor', 'parameters']);
  const factor = expectPositive(who, 'factor', options.factor ?? 1.5);
  if (factor === 1) throw new MoeError(who, 'factor must not be 1', factor);
  const { parameters } = options;
  if (parameters !== undefined && (!Array.isArray(parameters) || parameters.length === 0)) {
    throw new MoeError(who, 'parameters must be a list of names', parameters);
  }
  const exponents = parameters?.map((name): [string, number] => [name, 1]) ?? scaledIn(who, truth);
  const gateParams = { ...truth.gateParams };
  for (const [name, exponent] of exponents) {
    expectParameter(who, truth, 'gate', name);
    gateParams[name] = gateParams[name]!.map((value) => factor ** exponent * value);
  }
  return checked(
    who,
    {
      name: 'K7',
      statement:
        'a temperature over a homogeneous router: all scores and the temperature have a common scale that nothing shows',
      latex:
        '\\frac{c\\,\\beta_1^\\top x + c\\,\\beta_0}{c\\,\\tau} = \\frac{\\beta_1^\\top x + \\beta_0}{\\tau}',
      source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 3 and equation (15)',
      truth,
      other: { ...truth, gateParams },
    },
    Array.from({ length: truth.experts }, (_, e) => e),
  );
}

/** The parameters of the first level with a learned temperature, and the powers of c that they are multiplied with. */
function scaledIn(who: string, truth: MixingMeasure): [string, number][] {
  const { form } = gateTraits(truth.gate, truth.experts);
  const specs = measureSpecs(truth).gate;
  const levels = form === undefined ? [] : levelsOf(form, truth.experts);
  const heated = levels.flatMap(({ form: own }) => {
    const temperature = own.type === 'competitive' ? own.temperature : undefined;
    return temperature === undefined || specs[temperature]?.trainable === false
      ? []
      : [{ ...own, temperature }];
  });
  const [own] = heated;
  if (own === undefined)
    throw new MoeError(who, 'the gate has no temperature that is learned', truth.gate.kind);
  const { router, bias, temperature } = own;
  const homogeneity = (routerTraits(router).homogeneous ?? []).find(({ degree }) => degree > 0);
  if (homogeneity === undefined) {
    throw new MoeError(
      who,
      'the scores must be homogeneous in parameters of the router, and are in none',
      router.kind,
    );
  }
  return [
    ...homogeneity.parameters.map((name): [string, number] => [
      routerName(own, name),
      1 / homogeneity.degree,
    ]),
    ...(bias === undefined ? [] : [[bias, 1] as [string, number]]),
    [temperature, 1],
  ];
}
