import { expectInteger, expectKnownOptions, MoeError } from '@tfjs-moe/core';
import {
  type Family,
  familyName,
  type MeasureShape,
  type MixingMeasure,
  mixingMeasure,
} from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import { type Given, inGroups, softened } from './given.ts';

/** Where a fit starts instead of at starts of its own choice: exactly one of these. */
export interface InitialPoint {
  /**
   * Its numbers as the fit's gate and experts read them. Dispersions beyond what is allowed begin at the wall, and where there
   * are none, at those of the response; coefficients that a structure ties begin at the nearest that obey it.
   */
  readonly measure?: MixingMeasure;
  /** [n][experts], rows that sum to 1: how likely each row is of each expert; of groups the mean of their rows is taken. */
  readonly responsibilities?: readonly ArrayLike<number>[];
  /** The expert that each row is assigned to, from 0; softened to 0.9 against 0.1, as flexmix does with `cluster`. */
  readonly clusters?: ArrayLike<number>;
}

/** Responsibilities to start from, with the experts of the rows where those are sure. */
export interface InitialGiven {
  readonly given: Given;
  readonly labels?: Int32Array;
}

/** A start, checked. */
export type CheckedInitial = { readonly measure: MixingMeasure } | InitialGiven;

/** A start for rows in another order, and with one responsibility for all rows of a group. */
export function inOrder(
  initial: CheckedInitial,
  { groups }: Columns,
  order: readonly number[] | undefined,
): CheckedInitial {
  if (order === undefined || groups === undefined || 'measure' in initial) return initial;
  const given = inGroups(
    initial.given.map((column) => Float64Array.from(order, (row) => column[row]!)),
    groups,
  );
  const labels = initial.labels && Int32Array.from(order, (row) => initial.labels![row]!);
  const isSame = labels?.every(
    (label, i) => i === 0 || groups[i] !== groups[i - 1] || label === labels[i - 1],
  );
  return isSame === true ? { given, labels: labels! } : { given };
}

/** A start, checked. */
export function checkInitial(
  who: string,
  initial: InitialPoint,
  shape: MeasureShape,
  data: Columns,
  family: Family,
): CheckedInitial {
  expectKnownOptions(`${who}: initial`, initial, ['measure', 'responsibilities', 'clusters']);
  const { measure, responsibilities, clusters } = initial;
  if ([measure, responsibilities, clusters].filter((each) => each !== undefined).length !== 1) {
    throw new MoeError(
      who,
      'initial must have one of measure, responsibilities and clusters',
      Object.keys(initial),
    );
  }
  if (measure !== undefined) {
    expectLink(who, measure.family, family);
    return { measure: mixingMeasure({ ...measure, ...shape }) };
  }
  if (clusters !== undefined) {
    if (clusters.length !== data.n)
      throw new MoeError(who, `clusters must have ${data.n} numbers`, clusters.length);
    const labels = new Int32Array(data.n);
    const bounds = { min: 0, max: shape.experts - 1 };
    for (let i = 0; i < data.n; i++) labels[i] = expectInteger(who, 'clusters', clusters[i], bounds);
    return { given: softened(labels, shape.experts), labels };
  }
  const given = checkResponsibilities(who, responsibilities!, shape.experts, data.n);
  const isSure = given.every((column) => column.every((value) => value === 0 || value === 1));
  if (!isSure) return { given };
  return {
    given,
    labels: Int32Array.from({ length: data.n }, (_, i) => given.findIndex((column) => column[i] === 1)),
  };
}

function checkResponsibilities(
  who: string,
  rows: readonly ArrayLike<number>[],
  experts: number,
  n: number,
): Given {
  if (rows.length !== n) throw new MoeError(who, `responsibilities must have ${n} rows`, rows.length);
  const columns = Array.from({ length: experts }, () => new Float64Array(n));
  rows.forEach((row, i) => {
    const values = Array.from(row);
    const sum = values.reduce((a, b) => a + b, 0);
    if (values.length !== experts || values.some((value) => !(value >= 0)) || !(Math.abs(sum - 1) < 1e-6)) {
      throw new MoeError(
        who,
        `row ${i} of responsibilities must be ${experts} numbers of at least 0 with sum 1`,
        values,
      );
    }
    values.forEach((value, e) => {
      columns[e]![i] = value / sum;
    });
  });
  return columns;
}

/** Refuses a measure whose outputs mean something else: logarithms where the fit has numbers. */
function expectLink(who: string, own: Family | undefined, family: Family): void {
  if (own === undefined || (own.link === family.link && own.isClass === family.isClass)) return;
  throw new MoeError(
    who,
    `initial: measure must be of the family ${familyName(family)}, or of one with its link`,
    familyName(own),
  );
}
