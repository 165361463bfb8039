import { MoeError } from '@tfjs-moe/core';

/**
 * Sample: what an estimator is given, inputs with their responses.
 */
export interface Sample {
  /** One row of D numbers per observation. */
  readonly inputs: readonly ArrayLike<number>[];
  /** One number per observation; of a classification, the class from 0. */
  readonly response: ArrayLike<number>;
  /**
   * Further responses that are explained together with the first, by Gaussian experts with a covariance; see
   * `fitMaximumLikelihood`. Default none.
   */
  readonly moreResponses?: readonly NamedResponse[];
  /** One number per observation, not negative: how often it counts. Default 1 each. */
  readonly weights?: ArrayLike<number>;
  /** One number per observation that is added to every expert's output: of counts, the logarithm of the exposure. Default 0. */
  readonly offset?: ArrayLike<number>;
  /** Of a binomial response: one number of trials per observation. Default 1 each. */
  readonly trials?: ArrayLike<number>;
  /**
   * Which rows belong together, as those of one person: an identifier per row, in any order. All rows of a group are of one
   * expert, and what the gate sees, and weights, must be the same in all of them. Default: every row for itself.
   */
  readonly groups?: ArrayLike<string | number>;
  /**
   * Which rows may depend on each other, as those of one school: an identifier per row. They change the sandwich alone, which
   * is robust by clusters, and what the bootstrap draws; every row keeps its own expert. Default: the groups, or none.
   */
  readonly clusters?: ArrayLike<string | number>;
  /** Names of the inputs, for summaries and plots. Default x1, x2, ... */
  readonly inputNames?: readonly string[];
  /** Default y. */
  readonly responseName?: string;
  /**
   * Names of the inputs that the gate sees; none for constant mixing weights. Every router of the gate then reads these
   * alone. Default all.
   */
  readonly gateInputs?: readonly string[];
  /** Names of the inputs that the experts see; none for linear experts that are constants. Default all. */
  readonly expertInputs?: readonly string[];
}

/** One response of several, with its name. */
export interface NamedResponse<Values = ArrayLike<number>> {
  readonly name: string;
  /** One number per observation. */
  readonly values: Values;
}

/** A sample as columns, checked. */
export interface Columns {
  readonly n: number;
  readonly inputDim: number;
  /** D columns of n numbers. */
  readonly inputs: readonly Float64Array[];
  readonly response: Float64Array;
  /** Further ones, at least one where there are any. */
  readonly moreResponses?: readonly NamedResponse<Float64Array>[] | undefined;
  readonly weights: Float64Array;
  /** $\sum_i w_i$: the number of observations. */
  readonly totalWeight: number;
  readonly offset?: Float64Array | undefined;
  readonly trials?: Float64Array | undefined;
  /** The group of every row, numbered from 0 in the order of first rows. */
  readonly groups?: Int32Array | undefined;
  /** The cluster of every row, likewise. */
  readonly clusters?: Int32Array | undefined;
  /** Of what is drawn independently: the weight of a group at its first row, and 0 at the others; else those of the rows. */
  readonly unitWeights: Float64Array;
  /** Their sum: the number of groups, or of observations. */
  readonly totalUnits: number;
  readonly inputNames: readonly string[];
  readonly responseName: string;
  /** Indices of the inputs that the gate sees, where it does not see all. */
  readonly gateInputs?: readonly number[] | undefined;
  /** Indices of the inputs that the experts see, where they do not see all. */
  readonly expertInputs?: readonly number[] | undefined;
}

/**
 * The same with a row that counts in place of each that does not: whatever stands in a row of weight 0, numbers that overflow
 * or that a family gives no probability to, 0 times it must be 0.
 */
export function withoutStrays(data: Columns): Columns {
  const stray = Array.from(data.weights.keys()).filter((i) => data.weights[i] === 0);
  if (stray.length === 0) return data;
  const own = data.weights.findIndex((w) => w > 0);
  const mended = (column: Float64Array) => {
    const copy = column.slice();
    for (const i of stray) copy[i] = column[own]!;
    return copy;
  };
  return {
    ...data,
    inputs: data.inputs.map(mended),
    response: mended(data.response),
    ...moreOf(data, mended),
    ...(data.offset !== undefined && { offset: mended(data.offset) }),
    ...(data.trials !== undefined && { trials: mended(data.trials) }),
  };
}

/** The columns that one side sees. */
export function columnsSeen(data: Columns, side: 'gateInputs' | 'expertInputs'): readonly Float64Array[] {
  return data[side]?.map((input) => data.inputs[input]!) ?? data.inputs;
}

/** Further responses with every column changed. */
function moreOf(
  { moreResponses }: Columns,
  change: (column: Float64Array) => Float64Array,
): Pick<Columns, 'moreResponses'> {
  if (moreResponses === undefined) return {};
  return {
    moreResponses: moreResponses.map(({ name, values }) => ({ name, values: change(values) })),
  };
}

/** All responses of a sample, with their names. */
export function responsesOf({
  response,
  responseName,
  moreResponses = [],
}: Columns): readonly NamedResponse<Float64Array>[] {
  return [{ name: responseName, values: response }, ...moreResponses];
}

/**
 * A sample's columns.
 * @param name of the sample in errors, where a function has another for it
 * @param several whether there may be more than one response
 * @throws MoeError that names the row and the column, if a number is missing or not finite
 */
export function columnsOfSample(who: string, sample: Sample, name = 'the sample', several = false): Columns {
  const { inputs, response, weights, responseName = 'y' } = sample ?? {};
  const n = inputs?.length;
  if (typeof n !== 'number') throw new MoeError(who, `${name} must be { inputs, response }`, sample);
  if (n === 0) throw new MoeError(who, 'the sample must have at least one observation', n);
  const inputDim = inputs[0]?.length ?? 0;
  if (inputDim === 0) throw new MoeError(who, 'an observation must have at least one input', inputDim);
  if (response?.length !== n) throw new MoeError(who, `response must have ${n} numbers`, response?.length);
  if (weights !== undefined && weights?.length !== n) {
    throw new MoeError(who, `weights must have ${n} numbers`, weights?.length);
  }
  const inputNames = sample.inputNames ?? Array.from({ length: inputDim }, (_, d) => `x${d + 1}`);
  if (!Array.isArray(inputNames) || inputNames.length !== inputDim) {
    throw new MoeError(who, `inputNames must have ${inputDim} names`, inputNames);
  }
  const columns = Array.from({ length: inputDim }, () => new Float64Array(n));
  const quoted = inputNames.map((name) => `"${name}"`);
  for (let i = 0; i < n; i++) {
    const row = inputs[i]!;
    if (row?.length !== inputDim) {
      throw new MoeError(who, `row ${i} of inputs must have ${inputDim} numbers`, row?.length);
    }
    for (let d = 0; d < inputDim; d++) {
      columns[d]![i] = finite(who, row[d], quoted[d]!, i);
    }
  }
  const y = new Float64Array(n);
  const responseQuoted = `"${responseName}"`;
  for (let i = 0; i < n; i++) y[i] = finite(who, response[i], responseQuoted, i);
  const moreResponses = further(who, sample, n, several);
  const w = new Float64Array(n).fill(1);
  if (weights !== undefined) {
    w.set(Array.from(weights, (value, i) => finite(who, value, 'weights', i)));
    const bad = w.findIndex((value) => value < 0);
    if (bad >= 0) throw new MoeError(who, `weights must not be negative; row ${bad} is`, w[bad]);
  }
  const totalWeight = w.reduce((sum, value) => sum + value, 0);
  if (totalWeight === 0) throw new MoeError(who, 'weights must not all be 0', totalWeight);
  if (totalWeight === Infinity) throw new MoeError(who, 'weights must have a finite sum', totalWeight);
  const offset = columnOf(who, 'offset', sample.offset, n);
  const trials = columnOf(who, 'trials', sample.trials, n);
  const badTrials = trials?.findIndex((value) => !Number.isSafeInteger(value) || value < 1) ?? -1;
  if (badTrials >= 0)
    throw new MoeError(
      who,
      `trials must be integers of at least 1; row ${badTrials} is not`,
      trials![badTrials],
    );
  const groups = numbered(who, 'groups', sample.groups, n);
  if (groups !== undefined) expectOneEach(who, 'weights', groups, w);
  const clusters = numbered(who, 'clusters', sample.clusters, n);
  if (groups !== undefined && clusters !== undefined) expectOneEach(who, 'clusters', groups, clusters);
  return {
    ...{ n, inputDim, inputs: columns, response: y, weights: w, totalWeight, inputNames, responseName },
    ...unitsOf(groups, w, totalWeight),
    ...seenBy(who, 'gateInputs', sample.gateInputs, inputNames),
    ...seenBy(who, 'expertInputs', sample.expertInputs, inputNames),
    ...(groups !== undefined && { groups }),
    ...(clusters !== undefined && { clusters }),
    ...(offset !== undefined && { offset }),
    ...(trials !== undefined && { trials }),
    ...(moreResponses !== undefined && { moreResponses }),
  };
}

/**
 * Some rows, each as often as it is named.
 * @param groups theirs, where groups are named more than once; default as they are
 */
export function rowsOfColumns(data: Columns, rows: ArrayLike<number>, groups?: Int32Array): Columns {
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
  const weights = pick(data.weights);
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const own = data.groups && (groups ?? Int32Array.from(rows, (row) => data.groups![row]!));
  return {
    ...data,
    n: rows.length,
    inputs: data.inputs.map(pick),
    response: pick(data.response),
    ...moreOf(data, pick),
    ...(data.offset !== undefined && { offset: pick(data.offset) }),
    ...(data.trials !== undefined && { trials: pick(data.trials) }),
    ...(own !== undefined && { groups: own }),
    ...(data.clusters !== undefined && {
      clusters: Int32Array.from(rows, (row) => data.clusters![row]!),
    }),
    ...unitsOf(own, weights, totalWeight),
    weights,
    totalWeight,
  };
}

/** The rows of every group, or of a sample without groups every row for itself. */
export function rowsByUnit({ n, groups }: Pick<Columns, 'n' | 'groups'>): number[][] {
  if (groups === undefined) return Array.from({ length: n }, (_, row) => [row]);
  const rows: number[][] = [];
  groups.forEach((group, row) => {
    rows[group] ??= [];
    rows[group].push(row);
  });
  return rows;
}

/** The same rows with those of a group one after another, and where each came from. */
export function sortedByGroup(data: Columns): { readonly data: Columns; readonly order?: readonly number[] } {
  if (data.groups === undefined) return { data };
  const order = rowsByUnit(data).flat();
  return { data: rowsOfColumns(data, order), order };
}

/** Identifiers as numbers from 0, in the order of first rows. */
function numbered(
  who: string,
  name: string,
  given: ArrayLike<string | number> | undefined,
  n: number,
): Int32Array | undefined {
  if (given === undefined) return undefined;
  if (given?.length !== n) throw new MoeError(who, `${name} must have ${n} identifiers`, given?.length);
  const numbers = new Map<string | number, number>();
  return Int32Array.from({ length: n }, (_, i) => {
    const id = given[i]!;
    if (typeof id !== 'string' && !Number.isFinite(id))
      throw new MoeError(who, `${name} must hold texts or finite numbers; row ${i} does not`, id);
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
}

/** Refuses a column that is not the same in all rows of a group. */
function expectOneEach(who: string, name: string, groups: Int32Array, column: ArrayLike<number>): void {
  const first = new Map<number, number>();
  groups.forEach((group, row) => {
    const known = first.get(group) ?? row;
    first.set(group, known);
    if (column[row] === column[known]) return;
    throw new MoeError(
      who,
      `${name} must be the same in all rows of a group; row ${row} differs from row ${known}`,
      column[row],
    );
  });
}

function unitsOf(
  groups: Int32Array | undefined,
  weights: Float64Array,
  totalWeight: number,
): Pick<Columns, 'unitWeights' | 'totalUnits'> {
  if (groups === undefined) return { unitWeights: weights, totalUnits: totalWeight };
  const seen = new Set<number>();
  const unitWeights = weights.map((weight, i) => {
    const group = groups[i]!;
    if (seen.has(group)) return 0;
    seen.add(group);
    return weight;
  });
  return { unitWeights, totalUnits: unitWeights.reduce((sum, weight) => sum + weight, 0) };
}

/** The rows of positive weight, in their order. */
export function rowsThatCount({ weights }: Columns): Uint32Array {
  const rows = new Uint32Array(weights.length);
  let count = 0;
  for (let row = 0; row < weights.length; row++) if (weights[row]! > 0) rows[count++] = row;
  return rows.slice(0, count);
}

/** Further responses; nothing where there are none. */
function further(
  who: string,
  { moreResponses }: Sample,
  n: number,
  several: boolean,
): readonly NamedResponse<Float64Array>[] | undefined {
  if (moreResponses === undefined) return undefined;
  if (!Array.isArray(moreResponses) || moreResponses.some((each) => typeof each?.name !== 'string'))
    throw new MoeError(who, 'moreResponses must be a list of { name, values }', moreResponses);
  if (moreResponses.length === 0) return undefined;
  if (!several)
    throw new MoeError(
      who,
      'the sample must have one response: of several there is no answer here',
      moreResponses.map(({ name }) => name),
    );
  return moreResponses.map(({ name, values }: NamedResponse) => {
    if (values?.length !== n) throw new MoeError(who, `"${name}" must have ${n} numbers`, values?.length);
    return {
      name,
      values: Float64Array.from({ length: n }, (_, i) => finite(who, values[i], `"${name}"`, i)),
    };
  });
}

/** A further column of numbers, one per row. */
function columnOf(
  who: string,
  name: string,
  given: ArrayLike<number> | undefined,
  n: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (given?.length !== n) throw new MoeError(who, `${name} must have ${n} numbers`, given?.length);
  return Float64Array.from({ length: n }, (_, i) => finite(who, given[i], name, i));
}

function finite(who: string, value: number | undefined, column: string, row: number): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new MoeError(who, `column ${column} must hold finite numbers; row ${row} does not`, value);
}

/** Indices of the inputs that one side sees, in their order; nothing where it sees all. */
function seenBy<Side extends 'gateInputs' | 'expertInputs'>(
  who: string,
  side: Side,
  given: readonly string[] | undefined,
  names: readonly string[],
): { readonly [side in Side]?: readonly number[] } {
  if (given === undefined) return {};
  if (!Array.isArray(given)) throw new MoeError(who, `${side} must be a list of names of inputs`, given);
  const stranger = given.find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new MoeError(who, `${side} must be among the inputs (${names.join(', ')})`, stranger);
  const seen = names.flatMap((name, i) => (given.includes(name) ? [i] : []));
  if (seen.length !== given.length)
    throw new MoeError(who, `${side} must name every input at most once, of names that differ`, given);
  return (seen.length === names.length ? {} : { [side]: seen }) as never;
}
