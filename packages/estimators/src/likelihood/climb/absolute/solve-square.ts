/** $A^{-1} b$ of a small matrix by rows, by elimination with the largest pivot of a column; nothing where it is singular. */
export function solveSquare(
  a: readonly (readonly number[])[],
  b: readonly number[],
): Float64Array | undefined {
  const n = b.length;
  const rows = a.map((row, i) => Float64Array.from([...row, b[i]!]));
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!)) best = i;
    const pivot = rows[best]!;
    if (!(Math.abs(pivot[k]!) > 1e-13)) return undefined;
    [rows[k], rows[best]] = [pivot, rows[k]!];
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      const factor = row[k]! / pivot[k]!;
      for (let j = k; j <= n; j++) row[j] = row[j]! - factor * pivot[j]!;
    }
  }
  const x = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k]![n]!;
    for (let j = k + 1; j < n; j++) sum -= rows[k]![j]! * x[j]!;
    x[k] = sum / rows[k]![k]!;
  }
  return x;
}
