import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import type { Rows } from '@tfjs-moe/measures';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { type AverageEffectsOptions, effectsOf } from './average-effects.ts';
import { expectRows } from './expect-rows.ts';
import type { AverageEffect } from './response-contrast.ts';

/** Options of `marginalEffects`. */
export interface MarginalEffectsOptions extends Omit<AverageEffectsOptions, 'of'> {
  /** Names of the inputs. Default all. */
  readonly variables?: readonly string[];
  /** Added to every expert's output, one number per row. Default 0, of fits without one. */
  readonly offset?: ArrayLike<number>;
}

/**
 * marginalEffects: the average slope of what is expected of the response in each input,
 * $\frac{1}{n} \sum_i \partial \mathrm{E}[y \mid x_i] / \partial x_{ij}$, with standard errors by the delta method. Gate and
 * experts both have a part in it, so no coefficient of a table says this. Stata: `margins, dydx(*)`; R: `avg_slopes` of
 * marginaleffects.
 *
 * An input is moved alone: of a square beside its input, and of indicators of a factor, ask `averageEffects` with
 * `variablesOfFormula` of `@tfjs-moe/datasets`, which knows what a column of the table is in.
 *
 * @param rows inputs as those of the sample, most often its own
 * @throws MoeError for names that are none and rows that the fit cannot read
 */
export function marginalEffects(
  fit: MaximumLikelihoodFit,
  rows: Rows,
  options: MarginalEffectsOptions = {},
): AverageEffect[] {
  const who = 'marginalEffects';
  expectFit(who, fit);
  expectKnownOptions(who, options, ['errors', 'level', 'weights', 'variables', 'offset']);
  const { variables = fit.inputNames, offset, ...rest } = options;
  if (!Array.isArray(variables)) throw new MoeError(who, 'variables must be a list of names', variables);
  expectRows(who, fit, { inputs: rows, offset });
  return effectsOf(
    who,
    fit,
    variables.map((name) => {
      const input = fit.inputNames.indexOf(name);
      if (input < 0)
        throw new MoeError(who, `variables must be names of inputs (${fit.inputNames.join(', ')})`, name);
      return {
        name,
        values: Array.from(rows, (row) => row[input]!),
        rowsAt: (values: readonly number[]) => ({
          inputs: rows.map((row, i) => Array.from(row, (value, d) => (d === input ? values[i]! : value))),
          offset,
        }),
      };
    }),
    rest,
  );
}
