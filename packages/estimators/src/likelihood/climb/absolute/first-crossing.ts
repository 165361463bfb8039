/**
 * The smallest of some places at which a slope, raised by an amount at each, is not negative any more: the weighted median that
 * a line search over kinks ends at, in linear time.
 *
 * @param places at which the slope jumps, in any order; put into another
 * @param jumps by how much, not negative; likewise
 * @param rows what stands at each place; likewise
 * @returns the row, or -1 where the slope stays negative
 */
export function firstCrossing(
  places: Float64Array,
  jumps: Float64Array,
  rows: Int32Array,
  count: number,
  slope: number,
): number {
  let [low, high, rest] = [0, count - 1, slope];
  const swap = (a: number, b: number) => {
    [places[a], places[b]] = [places[b]!, places[a]!];
    [jumps[a], jumps[b]] = [jumps[b]!, jumps[a]!];
    [rows[a], rows[b]] = [rows[b]!, rows[a]!];
  };
  while (low < high) {
    const [a, b, c] = [places[low]!, places[(low + high) >> 1]!, places[high]!];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    // Three parts: below the pivot, at it, above it.
    let [less, at, more] = [low, low, high];
    let [below, equal] = [0, 0];
    while (at <= more) {
      if (places[at]! < pivot) {
        below += jumps[at]!;
        swap(less++, at++);
      } else if (places[at]! > pivot) swap(at, more--);
      else equal += jumps[at++]!;
    }
    if (rest + below >= 0) high = less - 1;
    else if (rest + below + equal >= 0) return largestJump(jumps, rows, less, more);
    else {
      rest += below + equal;
      low = more + 1;
    }
    if (high < low) return -1;
  }
  return low === high && rest + jumps[low]! >= 0 ? rows[low]! : -1;
}

/** Of rows at one place, the one that decides most. */
function largestJump(jumps: Float64Array, rows: Int32Array, from: number, to: number): number {
  let best = from;
  for (let i = from + 1; i <= to; i++) if (jumps[i]! > jumps[best]!) best = i;
  return rows[best]!;
}
