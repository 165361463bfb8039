import { expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { getFamily, selects } from '@tfjs-moe/measures';
import { normalQuantile } from '@tfjs-moe/numerics';
import { contrastsOf } from '../inference/contrasts.ts';
import { newtonStep } from '../likelihood/climb/solve.ts';
import { derivativesPass } from '../likelihood/passes/derivatives-pass.ts';
import { mixtureRows } from '../likelihood/passes/mixture-rows.ts';
import { makeProblem } from '../likelihood/problem/make-problem.ts';
import { checkOptions } from '../likelihood/problem/options.ts';
import { expectFit, expectUnpenalised } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type LinearCombination, linearCombinations } from '../linear-combinations.ts';
import { modelOf } from '../model-of.ts';
import { columnsOfSample, type Sample } from '../sample.ts';
import { combinationAlong } from './combination-along.ts';
import { profileEnd } from './profile-end.ts';

/** Options of `profileIntervals`. */
export interface ProfileOptions {
  /** Of the intervals. Default 0.95. */
  readonly level?: number;
}

/** The values of a number that the likelihood ratio does not refuse. */
export interface ProfileInterval {
  /** As it was written; before it the table, where a name stands in several. */
  readonly text: string;
  readonly value: number;
  /** Infinite where the likelihood never falls so far, as of a gate that nearly separates. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * profileIntervals: intervals by the likelihood ratio, $\{t : 2 (\hat\ell - \max_{\theta: c^\top \theta = t} \ell) \le
 * \chi^2_1\}$, of coefficients or of combinations of them. Unlike Wald's they follow a likelihood that is lopsided, as that of
 * small samples, gates and overlapping experts is, and do not depend on how a number is written. R: `confint` of a `glm`.
 *
 * At every value all other numbers are fitted again, by Newton's method from those of the value before: the profile is that
 * of the fit's own maximum.
 *
 * @param sample that was fitted
 * @param written names as the tables have them, or combinations, as `contrasts` reads them; of a dispersion its name alone
 * @throws MoeError for names that are none, numbers that the data do not determine, and where the likelihood is higher than
 * that of the fit on the way
 */
export function profileIntervals(
  fit: MaximumLikelihoodFit,
  sample: Sample,
  written: string | readonly string[],
  options: ProfileOptions = {},
): ProfileInterval[] {
  const who = 'profileIntervals';
  expectFit(who, fit);
  expectUnpenalised(who, fit, 'profile intervals');
  expectKnownOptions(who, options, ['level']);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  if (level === 0 || level === 1) throw new MoeError(who, 'level must lie between 0 and 1', level);
  const rows = [written].flat().flatMap((each) => linearCombinations(who, fit.estimates, each as string));
  if (rows.length === 0) throw new MoeError(who, 'written must have a name', written);
  if (!fit.converged) throw new MoeError(who, 'the fit must have converged', fit.ending);
  if (selects(fit.measure))
    throw new MoeError(
      who,
      'the gate must give every expert a weight: one that selects has a likelihood with steps',
      fit.measure.gate.kind,
    );
  // In the words of this function.
  columnsOfSample(who, sample);
  if (getFamily(fit.family).isLeastAbsolute === true)
    throw new MoeError(
      who,
      'the likelihood must be smooth: that of absolute values has kinks, and the bootstrap has intervals',
      fit.family.kind,
    );
  const problem = makeProblem({ who, ...checkOptions(who, modelOf(fit, sample)), fixed: fit.measure });
  const evaluate = mixtureRows(problem);
  const differentiate = derivativesPass(problem, evaluate);
  const at = problem.coordinates.fromNumbers(problem.layout.numbersOf(fit.measure));
  const top = differentiate(at);
  if (
    fit.n !== problem.data.n ||
    !(Math.abs(top.value - fit.logLikelihood) < 1e-6 * (1 + Math.abs(top.value)))
  )
    throw new MoeError(
      who,
      `the sample must be the fit's, with the log-likelihood ${fit.logLikelihood}`,
      top.value,
    );
  const reach = normalQuantile(0.5 + level / 2);
  return rows.map((row) => {
    const { value, standardError, text } = contrastsOf(who, fit, [row], { errors: 'observed', level })[0]!;
    const dispersion = dispersionOf(who, fit, row);
    const along = combinationAlong(fit, problem, row);
    // Where the information points: the tangent of the profile.
    const { step } = newtonStep(top.hessian, along);
    const length = step.reduce((sum, each, j) => sum + each * along[j]!, 0);
    const of = {
      held: { problem, evaluate, differentiate, along },
      top: { at, value: top.value, slope: 0 },
      value: dispersion === undefined ? value : Math.log(dispersion),
      standardError: dispersion === undefined ? standardError : standardError / dispersion,
      tangent: step.map((each) => each / length),
      reach,
    };
    const ends = ([-1, 1] as const).map((side) => profileEnd(who, text, of, side));
    const [low, high] = dispersion === undefined ? ends : ends.map(Math.exp);
    return { text, value, interval: [low!, high!] };
  });
}

/** The dispersion that a row is of, which is held by its logarithm; nothing where it is of coefficients. */
function dispersionOf(
  who: string,
  { estimates }: MaximumLikelihoodFit,
  { text, coefficients, constant }: LinearCombination,
): number | undefined {
  const places = Array.from(coefficients.keys()).filter((i) => coefficients[i] !== 0);
  if (places.every((i) => estimates[i]!.part !== 'noise')) return undefined;
  if (places.length === 1 && coefficients[places[0]!] === 1 && constant === 0)
    return estimates[places[0]!]!.value;
  throw new MoeError(who, 'of a dispersion written must be its name alone', text);
}
