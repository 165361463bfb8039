import { expectKnownOptions, expectNumber, MoeError } from '@tfjs-moe/core';
import { normalQuantile } from '@tfjs-moe/numerics';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import type { Sample } from '../sample.ts';
import { profileEnd } from './profile-end.ts';
import { profilesOf } from './profile-of.ts';

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
 * At every value all other numbers are fitted again, from those of the value before: by Newton's method, under Laplace noise,
 * whose likelihood has kinks, from vertex to vertex as the fit itself. The profile is that of the fit's own maximum. Where a
 * gate selects it is that of the selection of the fit: every row keeps its experts, as it does for standard errors, and the
 * gate's own numbers have none, since in them the likelihood has steps.
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
  expectKnownOptions(who, options, ['level']);
  const reach = reachOf(who, options.level ?? 0.95);
  return profilesOf(who, fit, sample, written).map((of) => {
    const [low, high] = ([-1, 1] as const).map((side) =>
      of.told(of.value + side * profileEnd(of, side, reach)),
    );
    return { text: of.text, value: of.told(of.value), interval: [low!, high!] };
  });
}

/** $\sqrt{\chi^2_1}$ of a level. */
export function reachOf(who: string, given: number): number {
  const level = expectNumber(who, 'level', given, { min: 0, max: 1 });
  if (level === 0 || level === 1) throw new MoeError(who, 'level must lie between 0 and 1', level);
  return normalQuantile(0.5 + level / 2);
}
