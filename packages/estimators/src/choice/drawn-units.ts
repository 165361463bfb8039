import { MoeError, type Stream } from '@tfjs-moe/core';
import { type Columns, rowsByUnit, type Sample } from '../sample.ts';

/**
 * Some of what was drawn independently, each as often as it is named: rows, or where the sample has groups or clusters all rows
 * of one, which is another one each time it is named.
 * @param units the rows of each
 */
export function unitsOf(
  sample: Sample,
  units: readonly (readonly number[])[],
  drawn: ArrayLike<number>,
): Sample {
  const groups = Array.from(drawn, (unit) => units[unit]!);
  const rows = groups.flat();
  const pick = (of: ArrayLike<number>) => Float64Array.from(rows, (row) => of[row]!);
  return {
    ...sample,
    inputs: rows.map((row) => sample.inputs[row]!),
    response: pick(sample.response),
    ...(sample.moreResponses !== undefined && {
      moreResponses: sample.moreResponses.map(({ name, values }) => ({ name, values: pick(values) })),
    }),
    ...(sample.weights !== undefined && { weights: pick(sample.weights) }),
    ...(sample.offset !== undefined && { offset: pick(sample.offset) }),
    ...(sample.trials !== undefined && { trials: pick(sample.trials) }),
    ...(sample.groups !== undefined && {
      groups: groups.flatMap((own, unit) => own.map((row) => `${unit} ${sample.groups![row]}`)),
    }),
    ...(sample.clusters !== undefined && { clusters: groups.flatMap((own, unit) => own.map(() => unit)) }),
  };
}

/**
 * A sample that is drawn anew, with replacement: as many units as there are, or by weights, which say how often each counts, as
 * many as they sum to. Weights whose sum is below the number of units are relative: then as many are drawn as count, and their
 * weights have the same sum. Clusters are drawn whole, with the weights of their rows.
 */
export function drawnAnew(sample: Sample, columns: Columns): (random: Stream) => Sample {
  const { n, groups, clusters } = columns;
  const units = rowsByUnit({ n, groups: clusters ?? groups });
  if (clusters !== undefined || isUnweighted(columns))
    return (random) =>
      unitsOf(
        sample,
        units,
        Uint32Array.from({ length: units.length }, () => random.integer(units.length)),
      );
  let total = 0;
  const below = units.map(([first]) => {
    total += columns.weights[first!]!;
    return total;
  });
  const counted = units.filter(([first]) => columns.weights[first!]! > 0).length;
  const draws = Math.max(counted, Math.round(total));
  return (random) => {
    const times = new Float64Array(units.length);
    for (let draw = 0; draw < draws; draw++) {
      const unit = firstAbove(below, random.uniform() * total);
      times[unit] = times[unit]! + 1;
    }
    const drawn = Array.from(times.keys()).filter((unit) => times[unit]! > 0);
    return {
      ...unitsOf(sample, units, drawn),
      weights: drawn.flatMap((unit) => units[unit]!.map(() => (times[unit]! * total) / draws)),
    };
  };
}

/** The first place whose sum is above a number; of sums that are equal the first, so never one of weight 0. */
function firstAbove(sums: readonly number[], value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The rows as they were observed, each as often as it counts: a response is drawn for each of them.
 * @throws MoeError for weights that are no whole numbers
 */
export function eachObserved(who: string, sample: Sample, columns: Columns): Sample {
  if (isUnweighted(columns)) return sample;
  const { weights } = columns;
  const part = weights.find((weight) => !Number.isInteger(weight));
  if (part !== undefined)
    throw new MoeError(
      who,
      'a response is drawn each time that a row counts, so that weights must be whole numbers',
      part,
    );
  const units = rowsByUnit(columns);
  const { weights: _counted, clusters: _unused, ...rest } = sample;
  return unitsOf(
    rest,
    units,
    units.flatMap(([first], unit) => new Array<number>(weights[first!]!).fill(unit)),
  );
}

function isUnweighted({ weights }: Columns): boolean {
  return weights.every((weight) => weight === 1);
}
