import {
  atomNumbers,
  deviationsAndCorrelations,
  gateTraits,
  type MixingMeasure,
  measureSpecs,
} from '@tfjs-moe/measures';

const MOST_PERMUTED = 7;

/**
 * The order of one measure's experts that is nearest to another's: which is which, of two fits of the same model.
 *
 * Expert e of `to` corresponds to expert `order[e]` of `from`; nothing where a gate has groups, whose experts cannot change
 * places freely.
 * @param alike of every expert, the first that it may change places with; default all with all
 */
export function nearestOrder(
  to: MixingMeasure,
  from: MixingMeasure,
  alike?: readonly number[],
): number[] | undefined {
  const { experts, gate } = to;
  if (gateTraits(gate, experts).form?.type === 'hierarchical' || hasGroups(to)) return undefined;
  const [ours, theirs] = [to, from].map(describe) as [number[][], number[][]];
  const scales = ours[0]!.map((_, j) => {
    const values = ours.map((row) => row[j]!);
    return Math.max(...values) - Math.min(...values) || Math.max(...values.map(Math.abs)) || 1;
  });
  const distance = ours.map((own, e) =>
    theirs.map((other, o) =>
      alike?.[e] === alike?.[o]
        ? own.reduce((sum, value, j) => sum + ((value - other[j]!) / scales[j]!) ** 2, 0)
        : Infinity,
    ),
  );
  return experts <= MOST_PERMUTED ? best(distance) : greedy(distance);
}

/** Whether a parameter of the gate belongs neither to one expert nor to all. */
function hasGroups(measure: MixingMeasure): boolean {
  return Object.values(measureSpecs(measure).gate).some(
    ({ copies }) => copies !== 1 && copies !== measure.experts,
  );
}

/** All numbers of every expert, its deviation included. */
function describe(measure: MixingMeasure): number[][] {
  const specs = measureSpecs(measure).expert;
  const { experts, dispersions, covariances } = measure;
  return Array.from({ length: experts }, (_, e) => [
    ...Object.entries(specs).flatMap(([name, { shared }]) =>
      shared ? [] : atomNumbers(measure, 'expert', name, e),
    ),
    ...(dispersions?.length === experts ? [Math.log(dispersions[e]!)] : []),
    ...(covariances?.length === experts ? deviationsAndCorrelations(covariances[e]!) : []),
  ]);
}

/** By all permutations. */
function best(distance: readonly (readonly number[])[]): number[] {
  let least = Infinity;
  let found: number[] = [];
  const visit = (order: number[], sum: number) => {
    if (sum >= least) return;
    if (order.length === distance.length) {
      least = sum;
      found = order;
      return;
    }
    const row = distance[order.length]!;
    row.forEach((value, j) => {
      if (!order.includes(j)) visit([...order, j], sum + value);
    });
  };
  visit([], 0);
  return found;
}

/** The nearest pair first. */
function greedy(distance: readonly (readonly number[])[]): number[] {
  const pairs = distance
    .flatMap((row, i) => row.map((value, j) => ({ i, j, value })))
    .sort((a, b) => a.value - b.value);
  const order = new Array<number>(distance.length).fill(-1);
  const used = new Set<number>();
  for (const { i, j } of pairs) {
    if (order[i] !== -1 || used.has(j)) continue;
    order[i] = j;
    used.add(j);
  }
  return order;
}
