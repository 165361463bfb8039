/** What differences of a likelihood say of its second derivatives. */

/** Gauss-Jordan. */
export function inverse(a: readonly (readonly number[])[]): number[][] {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]![k]!;
    rows[k] = rows[k]!.map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      const factor = rows[i]![k]!;
      if (i !== k) rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return rows.map((row) => row.slice(n));
}

/** $-\nabla^2$ of a sum at a point, by central differences of a width for each number. */
export function informationOf(
  value: (theta: readonly number[]) => number,
  theta: readonly number[],
  widths: readonly number[],
): number[][] {
  const at = (i: number, s: number, j: number, t: number) =>
    value(theta.map((own, k) => own + (k === i ? s * widths[i]! : 0) + (k === j ? t * widths[j]! : 0)));
  return theta.map((_, i) =>
    theta.map(
      (_unused, j) =>
        -(at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) /
        (4 * widths[i]! * widths[j]!),
    ),
  );
}
