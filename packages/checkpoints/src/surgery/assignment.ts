/**
 * The assignment of rows to columns with the least total cost, by shortest augmenting paths: $O(n^3)$.
 *
 * Source: Jonker and Volgenant, "A Shortest Augmenting Path Algorithm for Dense and Sparse Linear Assignment Problems"
 * (1987).
 *
 * @param costs n rows of n finite numbers
 * @returns of every row its column
 */
export function assignment(costs: readonly ArrayLike<number>[]): number[] {
  const n = costs.length;
  const ofRow = new Float64Array(n + 1);
  const ofColumn = new Float64Array(n + 1);
  // Row of every column, counted from 1; column 0 holds the row that is being placed.
  const rowOf = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    const slack = new Float64Array(n + 1).fill(Infinity);
    const before = new Int32Array(n + 1);
    const isDone = new Uint8Array(n + 1);
    let column = 0;
    do {
      isDone[column] = 1;
      const at = rowOf[column]!;
      let least = Infinity;
      let next = 0;
      for (let c = 1; c <= n; c++) {
        if (isDone[c]) continue;
        const reduced = costs[at - 1]![c - 1]! - ofRow[at]! - ofColumn[c]!;
        if (reduced < slack[c]!) {
          slack[c] = reduced;
          before[c] = column;
        }
        if (slack[c]! < least) {
          least = slack[c]!;
          next = c;
        }
      }
      for (let c = 0; c <= n; c++) {
        if (isDone[c]) {
          ofRow[rowOf[c]!]! += least;
          ofColumn[c]! -= least;
        } else slack[c]! -= least;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = before[column]!) rowOf[column] = rowOf[before[column]!]!;
  }
  const columns = Array<number>(n);
  for (let c = 1; c <= n; c++) columns[rowOf[c]! - 1] = c - 1;
  return columns;
}
