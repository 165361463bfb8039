/**
 * The combinations of some rows that give others, $A$ with $A\,R = T$: Gauss-Jordan with the largest pivot of each column.
 * Nothing where the rows are dependent.
 */
export function combinations(
  rows: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): number[][] | undefined {
  const size = rows.length;
  // Transposed: a column for each row, and behind them one for each target.
  const table = Array.from({ length: size }, (_, i) => [
    ...rows.map((row) => row[i]!),
    ...targets.map((target) => target[i]!),
  ]);
  const scale = Math.max(...rows.flat().map(Math.abs));
  for (let j = 0; j < size; j++) {
    const sizeAt = (i: number) => Math.abs(table[i]![j]!);
    const pivot = Array.from({ length: size - j }, (_, i) => i + j).reduce((a, b) =>
      sizeAt(b) > sizeAt(a) ? b : a,
    );
    if (!(sizeAt(pivot) > 1e-9 * scale)) return undefined;
    [table[j], table[pivot]] = [table[pivot]!, table[j]!];
    const own = table[j]!.map((value) => value / table[j]![j]!);
    table.forEach((row, i) => {
      table[i] = i === j ? own : row.map((value, k) => value - row[j]! * own[k]!);
    });
  }
  return targets.map((_, t) => table.map((row) => row[size + t]!));
}

/** Of the largest entry that is left: below it there is none. Derivatives by differences have ten digits. */
const NONE = 1e-6;

/** How many rows do not depend on each other, by elimination with the largest entry of all as the pivot. */
export function rankOf(rows: readonly (readonly number[])[]): number {
  let left = rows.map((row) => {
    const size = Math.hypot(...row);
    return Float64Array.from(row, (value) => (size > NONE ? value / size : 0));
  });
  for (let rank = 0; ; rank++) {
    let [pivot, column, most] = [-1, -1, NONE];
    for (const [i, row] of left.entries()) {
      for (let j = 0; j < row.length; j++) {
        const size = Math.abs(row[j]!);
        if (size > most) [pivot, column, most] = [i, j, size];
      }
    }
    if (pivot < 0) return rank;
    const own = left[pivot]!;
    left = left.filter((_, i) => i !== pivot);
    for (const row of left) {
      const share = row[column]! / own[column]!;
      for (let j = 0; j < row.length; j++) row[j]! -= share * own[j]!;
    }
  }
}
