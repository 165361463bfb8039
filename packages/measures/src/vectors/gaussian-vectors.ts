import type { LawColumns, LawRoom } from '../family/law-columns.ts';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * The law of several responses together, $y \sim N(h, \Sigma)$, as columns: of q responses the outputs are the q means, then
 * $\log s_j$ and then $\varphi_{jk}$ of their `Innovations`. So
 * $$\log f = \sum_j \left( -\tfrac12\log 2\pi - \log s_j - \tfrac12 z_j^2 \right),\quad
 * z_j = \Big(e_j - \sum_{k<j} \varphi_{jk} e_k\Big) / s_j,\quad e = y - h.$$
 *
 * In place of the curvature by a deviation, scoring takes $1 + z^2$, whose step never goes beyond the maximum; mixed ones are left
 * out.
 */
export function gaussianVectors(responses: readonly Float64Array[]): LawColumns {
  const q = responses.length;
  const units = q + (q * (q + 1)) / 2;
  const place = (c: number, d: number) => (c >= d ? (c * (c + 1)) / 2 + d : (d * (d + 1)) / 2 + c);
  const slopeAt = (j: number, k: number) => 2 * q + (j * (j - 1)) / 2 + k;
  const isMean = (c: number) => c < q;
  return {
    units,
    room(rows) {
      const column = () => new Float64Array(rows);
      const pairs = Array.from({ length: units }, (_, c) =>
        Array.from({ length: c + 1 }, (_unused, d) => [c, d] as const),
      ).flat();
      // Of the means numbers, for these hold at all rows.
      const curvatures = () =>
        pairs.map(([c, d]): Float64Array | number => (isMean(c) && isMean(d) ? 0 : column()));
      return {
        log: column(),
        slopes: Array.from({ length: units }, column),
        curvatures: curvatures(),
        scoring: pairs.map(([c, d]): Float64Array | number => {
          if (isMean(c) || c < 2 * q) return c === d && !isMean(c) ? column() : 0;
          return d >= 2 * q ? column() : 0;
        }),
      };
    },
    evaluate(outputs, { first, rows }, _unused, into, derivatives) {
      for (let i = 0; i < rows; i++) {
        const e: number[] = [];
        const z: number[] = [];
        let log = 0;
        for (let j = 0; j < q; j++) {
          const own = responses[j]![first + i]! - outputs[j]!.value[i]!;
          let left = own;
          for (let k = 0; k < j; k++) left -= outputs[slopeAt(j, k)]!.value[i]! * e[k]!;
          e.push(own);
          const logDeviation = outputs[q + j]!.value[i]!;
          z.push(left * Math.exp(-logDeviation));
          log -= HALF_LOG_TWO_PI + logDeviation + 0.5 * z[j]! ** 2;
        }
        into.log[i] = log;
        if (derivatives) differentiate(into, outputs, i, e, z);
      }
    },
  };

  function differentiate(
    { slopes, curvatures, scoring }: LawRoom,
    outputs: readonly { readonly value: Float64Array }[],
    i: number,
    e: readonly number[],
    z: readonly number[],
  ): void {
    const inverse = e.map((_, j) => Math.exp(-outputs[q + j]!.value[i]!));
    /** $-\partial e_{j \cdot} / \partial h_m$: 1 of its own mean, less the slopes of those before. */
    const part = (j: number, m: number) => (m === j ? 1 : -outputs[slopeAt(j, m)]!.value[i]!);
    const set = (list: (Float64Array | number)[], c: number, d: number, value: number) => {
      (list[place(c, d)] as Float64Array)[i] = value;
    };
    for (let m = 0; m < q; m++) {
      let slope = 0;
      for (let j = m; j < q; j++) slope += z[j]! * part(j, m) * inverse[j]!;
      slopes[m]![i] = slope;
      for (let n = 0; n <= m; n++) {
        let sum = 0;
        for (let j = m; j < q; j++) sum += part(j, m) * part(j, n) * inverse[j]! ** 2;
        curvatures[place(m, n)] = sum;
        scoring![place(m, n)] = sum;
      }
    }
    for (let j = 0; j < q; j++) {
      const own = q + j;
      const square = z[j]! ** 2;
      slopes[own]![i] = square - 1;
      for (let m = 0; m < q; m++) set(curvatures, own, m, m <= j ? 2 * z[j]! * part(j, m) * inverse[j]! : 0);
      for (let k = 0; k <= j; k++) set(curvatures, own, q + k, k === j ? 2 * square : 0);
      set(scoring!, own, own, 1 + square);
      for (let k = 0; k < j; k++) {
        const at = slopeAt(j, k);
        const scaled = e[k]! * inverse[j]!;
        slopes[at]![i] = z[j]! * scaled;
        for (let m = 0; m < q; m++) {
          const ofMean = m <= j ? scaled * part(j, m) * inverse[j]! : 0;
          set(curvatures, at, m, ofMean + (m === k ? z[j]! * inverse[j]! : 0));
        }
        for (let other = 0; other < q; other++)
          set(curvatures, at, q + other, other === j ? 2 * z[j]! * scaled : 0);
        for (let row = 1; row <= j; row++) {
          for (let column = 0; column < row && slopeAt(row, column) <= at; column++) {
            const product = row === j ? scaled * e[column]! * inverse[j]! : 0;
            set(curvatures, at, slopeAt(row, column), product);
            set(scoring!, at, slopeAt(row, column), product);
          }
        }
      }
    }
  }
}
