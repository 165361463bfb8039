import type { LawRoom } from '@tfjs-moe/measures';
import type { Block, Part } from '../problem/part.ts';
import type { Problem } from '../problem/problem.ts';
import { addProduct, multiply } from './column-loops.ts';

/**
 * $v_e = \nabla (z_e + \log f_e)$: the coordinates it depends on, ascending, with a column each. Of a group, whose
 * density is the product of those of its rows, the sum stands in its first row.
 * @param scratch columns to write to, at least as many
 */
export function rowSlopes(
  { coordinates }: Problem,
  logit: Part,
  outputs: readonly Part[],
  density: LawRoom,
  expert: number,
  scratch: readonly Float64Array[],
  { rows, starts }: Block,
): { places: number[]; columns: Float64Array[] } {
  const places = [...logit.support];
  const columns = [...logit.gradient] as Float64Array[];
  const found = new Map<number, number>();
  let used = 0;
  const own: number[] = [];
  const ownColumns: Float64Array[] = [];
  outputs.forEach((part, c) => {
    part.support.forEach((place, a) => {
      const known = found.get(place);
      if (known !== undefined) {
        addProduct(ownColumns[known]!, density.slopes[c]!, part.gradient[a]!, rows);
        return;
      }
      const column = scratch[used++]!;
      multiply(column, density.slopes[c]!, part.gradient[a]!, rows);
      found.set(place, own.length);
      own.push(place);
      ownColumns.push(column);
    });
  });
  if (starts !== undefined) for (const column of ownColumns) sumInGroups(column, starts);
  const order = own.map((_, i) => i).sort((i, j) => own[i]! - own[j]!);
  for (const i of order) {
    places.push(own[i]!);
    columns.push(ownColumns[i]!);
  }
  const noise = coordinates.noiseOf[expert]!;
  if (density.dispersion !== undefined && noise >= 0) {
    places.push(noise);
    if (starts === undefined) columns.push(density.dispersion.slope);
    else {
      const column = scratch[used]!;
      column.set(density.dispersion.slope.subarray(0, rows));
      sumInGroups(column, starts);
      columns.push(column);
    }
  }
  return { places, columns };
}

function sumInGroups(column: Float64Array, starts: readonly number[]): void {
  for (let g = 0; g + 1 < starts.length; g++) {
    const [first, end] = [starts[g]!, starts[g + 1]!];
    let sum = 0;
    for (let i = first; i < end; i++) sum += column[i]!;
    column[first] = sum;
  }
}
