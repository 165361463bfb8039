/** The law of several responses: against its density written out, and against differences. */
import { stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { gaussianVectors } from '../../src/vectors/gaussian-vectors.ts';
import { covarianceOf, deviationsAndCorrelations, innovationsOf } from '../../src/vectors/innovations.ts';

const random = stream(4, 'vectors');
const normals = (n: number) => Array.from({ length: n }, () => random.normal());

/** The lower triangle of $A A^\top$ for a random A. */
function randomCovariance(q: number): number[] {
  const a = Array.from({ length: q }, () => normals(q + 1));
  return a.flatMap((row, j) =>
    a.slice(0, j + 1).map((other) => row.reduce((sum, value, m) => sum + value * other[m]!, 0)),
  );
}

/** Determinant and inverse by elimination. */
function inverted(covariance: readonly number[], q: number): { inverse: number[][]; determinant: number } {
  const rows = Array.from({ length: q }, (_, j) => [
    ...Array.from({ length: q }, (_unused, k) => {
      const [a, b] = [Math.max(j, k), Math.min(j, k)];
      return covariance[(a * (a + 1)) / 2 + b]!;
    }),
    ...Array.from({ length: q }, (_unused, k) => Number(j === k)),
  ]);
  let determinant = 1;
  for (let j = 0; j < q; j++) {
    const pivot = rows[j]![j]!;
    determinant *= pivot;
    rows[j] = rows[j]!.map((value) => value / pivot);
    for (let k = 0; k < q; k++) {
      const factor = rows[k]![j]!;
      if (k !== j) rows[k] = rows[k]!.map((value, c) => value - factor * rows[j]![c]!);
    }
  }
  return { inverse: rows.map((row) => row.slice(q)), determinant };
}

describe.each([1, 2, 3, 4])('%i responses', (q) => {
  const covariance = randomCovariance(q);
  const { logDeviations, slopes } = innovationsOf(covariance)!;
  const responses = Array.from({ length: q }, () => Float64Array.from(normals(5)));
  const law = gaussianVectors(responses);
  const evaluated = (outputs: readonly number[], derivatives = true) => {
    const room = law.room(5);
    const columns = outputs.map((value) => ({ value: new Float64Array(5).fill(value) }));
    law.evaluate(columns, { first: 0, rows: 5 }, 0, room, derivatives);
    return room;
  };
  const means = normals(q);
  const at = [...means, ...logDeviations, ...slopes];

  test('a covariance is that of its innovations', () => {
    covarianceOf({ logDeviations, slopes }).forEach((value, i) => {
      expect(value).toBeCloseTo(covariance[i]!, 10);
    });
    const own = deviationsAndCorrelations(covariance);
    expect(own).toHaveLength(covariance.length);
    expect(own[0]).toBeCloseTo(Math.sqrt(covariance[0]!), 12);
    if (q > 1) expect(own[q]).toBeCloseTo(covariance[1]! / (own[0]! * own[1]!), 12);
  });

  test('the density is that of a normal law with this covariance', () => {
    const { inverse, determinant } = inverted(covariance, q);
    evaluated(at, false).log.forEach((log, i) => {
      const e = means.map((mean, j) => responses[j]![i]! - mean);
      const square = e.reduce(
        (sum, a, j) => sum + e.reduce((own, b, k) => own + a * inverse[j]![k]! * b, 0),
        0,
      );
      expect(log).toBeCloseTo(-0.5 * (q * Math.log(2 * Math.PI) + Math.log(determinant) + square), 8);
    });
  });

  test('the derivatives are those of its logarithm', () => {
    const step = 1e-5;
    const moved = (c: number, by: number) => evaluated(at.map((value, d) => (d === c ? value + by : value)));
    const room = evaluated(at);
    const close = (found: number, wanted: number) =>
      expect(Math.abs(found - wanted)).toBeLessThan(1e-6 * (1 + Math.abs(wanted)));
    for (let c = 0; c < law.units; c++) {
      const [above, below] = [moved(c, step), moved(c, -step)];
      for (let i = 0; i < 5; i++) {
        close(room.slopes[c]![i]!, (above.log[i]! - below.log[i]!) / (2 * step));
        for (let d = 0; d <= c; d++) {
          const curvature = room.curvatures[(c * (c + 1)) / 2 + d]!;
          const own = typeof curvature === 'number' ? curvature : curvature[i]!;
          close(own, -(above.slopes[d]![i]! - below.slopes[d]![i]!) / (2 * step));
        }
      }
    }
  });
});

test('a matrix that is not positive definite has no innovations', () => {
  expect(innovationsOf([1, 1, 1])).toBeUndefined();
  expect(innovationsOf([1, Number.NaN, 1])).toBeUndefined();
});
