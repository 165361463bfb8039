import { expectKnownOptions, expectNumber, expectOneOf, MoeError } from '@tfjs-moe/core';
import type { Rows } from '@tfjs-moe/measures';
import type { InferenceOptions } from '../inference/coefficients.ts';
import { expectFit } from '../likelihood/report/expect-fit.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';
import { differenceStep } from './difference-step.ts';
import { type AverageEffect, effectOf, type ResponseContrast } from './response-contrast.ts';

/** Rows of inputs as a fit reads them, and what is added to the outputs there. */
export interface RowsAt {
  readonly inputs: Rows;
  /** One number per row. Default 0, of fits without one. */
  readonly offset?: ArrayLike<number> | undefined;
}

/**
 * What is changed: a number in every row, or a factor. It knows the inputs that follow, as those of a column of a table in a
 * formula, which `variablesOfFormula` of `@tfjs-moe/datasets` makes.
 */
export type EffectVariable =
  | {
      readonly name: string;
      /** One number per row. */
      readonly values: readonly number[];
      /** All inputs where these numbers take the place of `values`. */
      rowsAt(values: readonly number[]): RowsAt;
    }
  | {
      readonly name: string;
      /** The first is what the others are compared with. */
      readonly levels: readonly string[];
      /** All inputs where every row is of one level. */
      rowsAt(level: string): RowsAt;
    };

/** Options of `averageEffects`. */
export interface AverageEffectsOptions extends InferenceOptions {
  /** How often each row counts in the average. Default 1 each. */
  readonly weights?: ArrayLike<number> | undefined;
  /**
   * `'effects'`: the slope in a number, and of a factor the difference of every level to the first. `'means'`: of factors what
   * is expected at every level. Default `'effects'`.
   */
  readonly of?: 'effects' | 'means';
}

/**
 * averageEffects: how much what is expected of the response changes with a variable, on the average of some rows, with
 * standard errors by the delta method, $\sqrt{\nabla^\top V \nabla}$ with exact derivatives $\nabla$. The rows are taken as
 * given. `marginalEffects` asks it for every input.
 *
 * Of a binomial response the probability is meant, whatever the number of trials; of classes there is an effect on the
 * probability of each, and they sum to 0. Stata: `margins`; R: `avg_slopes`, `avg_comparisons` and `avg_predictions` of
 * marginaleffects.
 * @throws MoeError for rows that the fit cannot read
 */
export function averageEffects(
  fit: MaximumLikelihoodFit,
  variables: readonly EffectVariable[],
  options: AverageEffectsOptions = {},
): AverageEffect[] {
  return effectsOf('averageEffects', fit, variables, options);
}

/** The same for those who name themselves in errors. */
export function effectsOf(
  who: string,
  fit: MaximumLikelihoodFit,
  variables: readonly EffectVariable[],
  options: AverageEffectsOptions,
): AverageEffect[] {
  expectFit(who, fit);
  expectKnownOptions(who, options, ['errors', 'level', 'weights', 'of']);
  const level = expectNumber(who, 'level', options.level ?? 0.95, { min: 0, max: 1 });
  const errors = expectOneOf(who, 'errors', options.errors ?? 'observed', ['observed', 'sandwich']);
  const of = expectOneOf(who, 'of', options.of ?? 'effects', ['effects', 'means']);
  if (!Array.isArray(variables) || variables.length === 0)
    throw new MoeError(who, 'variables must be a list of at least one', variables);
  const contrasts = variables.flatMap((variable) => {
    expectVariable(who, variable);
    if ('levels' in variable) return of === 'means' ? meansOf(variable) : differencesOf(variable);
    return of === 'means' ? [] : [slopeOf(variable)];
  });
  if (contrasts.length === 0)
    throw new MoeError(
      who,
      'variables must have a factor, for means are those of levels',
      variables.map(({ name }) => name),
    );
  const { weights } = options;
  return contrasts.flatMap((contrast) => effectOf(who, fit, contrast, { errors, level, weights }));
}

function expectVariable(who: string, variable: EffectVariable): void {
  const { name, rowsAt } = variable ?? {};
  const isKnown = variable && ('levels' in variable || 'values' in variable);
  if (isKnown && typeof name === 'string' && typeof rowsAt === 'function') return;
  throw new MoeError(who, 'each of variables must be { name, values or levels, rowsAt }', variable);
}

type Numeric = Extract<EffectVariable, { values: unknown }>;
type Factor = Extract<EffectVariable, { levels: unknown }>;

/** From responses at both sides of the values: their error is far below that of the estimates. */
function slopeOf({ name, values, rowsAt }: Numeric): ResponseContrast {
  const step = differenceStep(values);
  const part = (sign: 1 | -1) => ({
    factor: sign / (2 * step),
    ...rowsAt(values.map((value) => value + sign * step)),
  });
  return { variable: name, contrast: 'dY/dX', parts: [part(1), part(-1)] };
}

function differencesOf({ name, levels, rowsAt }: Factor): ResponseContrast[] {
  const [first, ...others] = levels;
  const reference = { factor: -1, ...rowsAt(first!) };
  return others.map((level) => ({
    variable: name,
    contrast: `${level} - ${first}`,
    parts: [{ factor: 1, ...rowsAt(level) }, reference],
  }));
}

function meansOf({ name, levels, rowsAt }: Factor): ResponseContrast[] {
  return levels.map((level) => ({
    variable: name,
    contrast: level,
    parts: [{ factor: 1, ...rowsAt(level) }],
  }));
}
