/** Attention and norm in plain arrays: one token, one feature at a time. */

type Matrix = readonly (readonly number[])[];

export interface AttentionWeights {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly output: Matrix;
}

/** One sequence [tokens][features]; where `valid` is false, a token is neither seen nor answered. */
export function attended(
  x: Matrix,
  weights: AttentionWeights,
  heads: number,
  linear: boolean,
  valid: readonly boolean[] = x.map(() => true),
): number[][] {
  const features = x[0]!.length;
  const size = features / heads;
  const [q, k, v] = [weights.query, weights.key, weights.value].map((kernel) =>
    x.map((row) => times(row, kernel)),
  ) as [number[][], number[][], number[][]];
  return x.map((_, i) => {
    if (!valid[i]) return new Array<number>(features).fill(0);
    const seen = x.map((_row, j) => j).filter((j) => j <= i && valid[j]);
    const joined = Array.from({ length: features }, (_unused, d) => {
      const head = Math.floor(d / size);
      const slope = linear ? 2 ** ((-8 * (head + 1)) / heads) : 0;
      const logit = (j: number): number => {
        let sum = 0;
        for (let s = head * size; s < (head + 1) * size; s++) sum += q[i]![s]! * k[j]![s]!;
        return sum / Math.sqrt(size) - slope * (i - j);
      };
      const total = seen.reduce((sum, j) => sum + Math.exp(logit(j)), 0);
      return seen.reduce((sum, j) => sum + (Math.exp(logit(j)) / total) * v[j]![d]!, 0);
    });
    return times(joined, weights.output);
  });
}

export function normed(row: readonly number[], scale: readonly number[], epsilon: number): number[] {
  const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
  return row.map((value, d) => (scale[d]! * value) / Math.sqrt(square + epsilon));
}

function times(row: readonly number[], kernel: Matrix): number[] {
  return kernel[0]!.map((_, column) => row.reduce((sum, value, d) => sum + value * kernel[d]![column]!, 0));
}

/** Rows of a flat list. */
export function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  const all = Array.from(values);
  return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
}
