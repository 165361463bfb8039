/**
 * Groups of experts by what routers say: the experts that are used most stay apart, and each other joins the one of them whose
 * logits are most like its own, by their cosine (M-SMoE).
 *
 * @param logitsOf an expert's logits of all tokens
 * @param experts their numbers
 */
export function groupsByLogits(
  experts: readonly number[],
  logitsOf: (expert: number) => ArrayLike<number>,
  frequency: readonly number[],
  to: number,
): number[][] {
  const order = [...experts].sort((a, b) => frequency[b]! - frequency[a]! || a - b);
  const groups = order.slice(0, to).map((e) => [e]);
  for (const e of order.slice(to)) {
    const likeness = groups.map(([first]) => cosine(logitsOf(first!), logitsOf(e)));
    groups[likeness.indexOf(Math.max(...likeness))]!.push(e);
  }
  return groups;
}

/** The cosine of the angle between two rows of numbers; 0 where one of them is 0. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / (Math.sqrt(aa * bb) || 1);
}

/** Average linkage: the two groups whose experts are closest on average become one, again and again (HC-SMoE). */
export function groupsByDistance(
  experts: readonly number[],
  distance: (a: number, b: number) => number,
  to: number,
): number[][] {
  const groups = experts.map((e) => [e]);
  while (groups.length > to) {
    let best = { apart: Infinity, a: 0, b: 1 };
    for (let a = 0; a < groups.length; a++)
      for (let b = a + 1; b < groups.length; b++) {
        let sum = 0;
        for (const e of groups[a]!) for (const f of groups[b]!) sum += distance(e, f);
        const apart = sum / (groups[a]!.length * groups[b]!.length);
        if (apart < best.apart) best = { apart, a, b };
      }
    groups[best.a]!.push(...groups.splice(best.b, 1)[0]!);
  }
  return groups;
}

/** The distance of two points. */
export function distanceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}

/** The experts of every group with the most used first, and the groups in the order of those. */
export function ordered(groups: readonly (readonly number[])[], frequency: readonly number[]): number[][] {
  return groups
    .map((group) => [...group].sort((a, b) => frequency[b]! - frequency[a]! || a - b))
    .sort((a, b) => a[0]! - b[0]!);
}

/** Row by row output [T, U] on average over its rows. */
export function meanOutput(output: Float32Array, units: number): Float64Array {
  const mean = new Float64Array(units);
  output.forEach((value, i) => {
    mean[i % units]! += value / (output.length / units);
  });
  return mean;
}
