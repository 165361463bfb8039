import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import type { FamilyIdentifier } from '../family/define-family.ts';
import { familyFor } from '../family/family-for.ts';
import { familyName } from '../family/family-of.ts';
import { gaussian } from '../family/gaussian.ts';
import { expectMeasure, type MixingMeasure } from '../measure/mixing-measure.ts';
import { gaussianVectors } from '../vectors/gaussian-vectors.ts';
import { innovationsOf } from '../vectors/innovations.ts';
import { evaluated, type Rows } from './evaluate.ts';
import { lawOfWeights } from './law.ts';

/** Inputs with the response to each; a sample of the estimators is one. */
export interface Observations {
  /** One row of D numbers per observation. */
  readonly inputs: Rows;
  /** One number per observation. */
  readonly response: ArrayLike<number>;
  /** Further responses, of a measure with covariances. */
  readonly moreResponses?: readonly { readonly values: ArrayLike<number> }[];
  /** Added to every expert's output. Default 0. */
  readonly offset?: ArrayLike<number>;
  /** Of a binomial response. Default 1 each. */
  readonly trials?: ArrayLike<number>;
  /** Which rows belong together and have one expert: an identifier per row. Default: every row its own. */
  readonly groups?: ArrayLike<string | number>;
}

/** Options of `responsibilities`: the law of the response. */
export interface ResponsibilitiesOptions {
  /** A family, its config or its kind. Default that of the measure, or `'gaussian'`. */
  readonly family?: FamilyIdentifier;
}

/**
 * Responsibilities: the probability, once the response is known, that an observation came from an expert,
 * $r_{ie} = \dfrac{w_e(x_i)\, f(y_i; h(x_i, \eta_e), \varphi_e)}{\sum_j w_j(x_i)\, f(y_i; h(x_i, \eta_j), \varphi_j)}$
 * with f the family's density or probability.
 *
 * of rows in groups with $\prod_i f(y_i; \dots)$ over the rows of the group, and the gate at its first row, in all of them.
 *
 * They say which expert explains which observation, and are what the E-step of the EM algorithm computes. Their largest
 * per row is a clustering.
 *
 * [rows, experts] in row-major order; every row sums to 1.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994).
 *
 * @throws MoeError unless the measure has the dispersions and the outputs that the family needs, and all numbers are finite
 */
export function responsibilities(
  measure: MixingMeasure,
  observations: Observations,
  options: ResponsibilitiesOptions = {},
): Float64Array {
  const who = 'responsibilities';
  const checked = expectMeasure(who, 'measure', measure);
  const { experts, units = 1, dispersions } = checked;
  expectKnownOptions(who, options, ['family']);
  const family = familyFor(who, options.family ?? checked.family ?? gaussian(), experts);
  const { inputs, response, moreResponses = [], offset, trials, groups } = observations ?? {};
  if (typeof response !== 'object' || response === null) {
    throw new MoeError(who, 'observations must be an object with inputs and response', observations);
  }
  const several = checked.covariances;
  if (family.dispersion !== undefined && (dispersions ?? several) === undefined) {
    throw new MoeError(
      who,
      `the measure must have dispersions: ${familyName(family)} experts have no density without`,
    );
  }
  if (trials !== undefined && family.hasTrials !== true)
    throw new MoeError(who, 'trials are of a family that has them, as binomial', family.kind);
  const responses = 1 + (moreResponses?.length ?? Number.NaN);
  if (several === undefined && units !== 1 && family.isClass !== true)
    throw new MoeError(who, 'the experts must have one output', units);
  if (responses !== (several === undefined ? 1 : units))
    throw new MoeError(
      who,
      several === undefined
        ? 'several responses are of a measure with covariances'
        : `there must be as many responses as the experts have outputs, ${units}`,
      responses,
    );
  const { weights, outputs, n } = evaluated(who, measure, inputs, 'both');
  const observed = {
    response: columnOf(who, 'response', response, n),
    trials: trials === undefined ? undefined : columnOf(who, 'trials', trials, n),
    weights: new Float64Array(n).fill(1),
  };
  family.expectResponse(who, observed);
  const stranger = observed.response.findIndex((y) => family.isClass === true && y >= units);
  if (stranger >= 0)
    throw new MoeError(
      who,
      `the response must be one of ${units} classes, from 0; row ${stranger} is not`,
      observed.response[stranger],
    );
  const shift = offset === undefined ? undefined : columnOf(who, 'offset', offset, n);
  const law =
    several === undefined
      ? family.columns(observed, units)
      : gaussianVectors([
          observed.response,
          ...moreResponses.map(({ values }) => columnOf(who, 'moreResponses', values, n)),
        ]);
  const gate = lawOfWeights(measure, weights);
  const rowsOf = groups === undefined ? undefined : rowsByGroup(who, groups, n);
  const result = new Float64Array(n * experts);
  for (let e = 0; e < experts; e++) {
    const columns = Array.from({ length: units }, (_, u) => ({
      value: Float64Array.from(
        { length: n },
        (_row, i) => outputs[(i * experts + e) * units + u]! + (shift?.[i] ?? 0),
      ),
    }));
    const room = law.room(n, e);
    // Of several responses the law takes their covariance as outputs too.
    const { logDeviations = [], slopes = [] } =
      several === undefined ? {} : innovationsOf(several[e] ?? several[0]!)!;
    const further = [...logDeviations, ...slopes].map((value) => ({
      value: new Float64Array(n).fill(value),
    }));
    law.evaluate(
      [...columns, ...further],
      { first: 0, rows: n },
      Math.log(dispersions?.[e] ?? dispersions?.[0] ?? 1),
      room,
      false,
      e,
    );
    for (let i = 0; i < n; i++) {
      const weight = gate[i * experts + e]!;
      // A row is not sent to an expert of weight 0, even where its output overflows.
      result[i * experts + e] = weight === 0 ? -Infinity : Math.log(weight) + room.log[i]!;
    }
  }
  for (const rows of rowsOf ?? []) joined(result, gate, rows, experts);
  for (let i = 0; i < n; i++) normalise(result.subarray(i * experts, (i + 1) * experts));
  return result;
}

function rowsByGroup(who: string, groups: ArrayLike<string | number>, n: number): number[][] {
  if (groups.length !== n) throw new MoeError(who, `groups must have ${n} identifiers`, groups.length);
  const rows = new Map<string | number, number[]>();
  for (let i = 0; i < n; i++) {
    const own = rows.get(groups[i]!);
    if (own === undefined) rows.set(groups[i]!, [i]);
    else own.push(i);
  }
  return [...rows.values()];
}

/** The gate once and the densities of all rows, in all rows of a group. */
function joined(logs: Float64Array, gate: Float64Array, rows: readonly number[], experts: number): void {
  for (let e = 0; e < experts; e++) {
    const first = Math.log(gate[rows[0]! * experts + e]!);
    const sum = rows.reduce(
      (total, i) => total + logs[i * experts + e]! - Math.log(gate[i * experts + e]!),
      first,
    );
    for (const i of rows) logs[i * experts + e] = first === -Infinity ? -Infinity : sum;
  }
}

/** Logarithms as parts of 1. */
function normalise(row: Float64Array): void {
  const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
  let sum = 0;
  for (let e = 0; e < row.length; e++) {
    row[e] = Math.exp(row[e]! - largest);
    sum += row[e]!;
  }
  for (let e = 0; e < row.length; e++) row[e] = row[e]! / sum;
}

function columnOf(who: string, name: string, given: ArrayLike<number>, n: number): Float64Array {
  if (given.length !== n) throw new MoeError(who, `${name} must have ${n} numbers`, given.length);
  return Float64Array.from({ length: n }, (_, i) => {
    if (Number.isFinite(given[i])) return given[i]!;
    throw new MoeError(who, `${name} must hold finite numbers; row ${i} does not`, given[i]);
  });
}
