/**
 * glmnet as a peer of one penalised expert: the same slopes, zeros included, and what it minimises no lower than ours. It
 * needs Rscript with glmnet (Debian: r-cran-glmnet), and is skipped without.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { getFamily } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood } from '../../src/index.ts';

const probe = spawnSync('Rscript', ['-e', 'library(glmnet)'], { encoding: 'utf8' });
const missing = probe.error !== undefined || probe.status !== 0;
if (missing) {
  // biome-ignore lint/suspicious/noConsole: a peer that is left out must be seen
  console.warn('[tfjs-moe] glmnet peer: skipped, Rscript with the package glmnet is not installed');
}

const families = ['gaussian', 'poisson', 'binomial'] as const;
type FamilyName = (typeof families)[number];
/** Each with the parts of the lasso: ridge, elastic net, lasso. */
const strengths = [0.3, 0.02].flatMap((lambda) => [0, 0.4, 1].map((alpha) => ({ lambda, alpha })));

interface Drawn {
  readonly inputs: readonly number[][];
  readonly response: readonly number[];
}

/** Five inputs in units of all sizes, of which two count. */
function drawn(family: FamilyName): Drawn {
  const random = stream(4, 'glmnet', family);
  const inputs = Array.from({ length: 120 }, () =>
    [1, 40, 0.02, 3, 1].map((unit) => unit * (random.normal() + 0.5)),
  );
  const response = inputs.map(([a, b]) => {
    const z = 0.5 + 0.6 * a! - (0.5 * b!) / 40;
    const scale = family === 'gaussian' ? 20 : 1;
    return getFamily(family).draw({ outputs: [scale * z], dispersion: 15, trials: 1 }, random);
  });
  return { inputs, response };
}

/** Of a column: by n, as glmnet has it. */
function deviation(column: readonly number[]): number {
  const mean = column.reduce((sum, each) => sum + each / column.length, 0);
  return Math.sqrt(column.reduce((sum, each) => sum + (each - mean) ** 2 / column.length, 0));
}

/** What glmnet minimises, in the units of the response. */
function objective(
  family: FamilyName,
  { inputs, response }: Drawn,
  numbers: readonly number[],
  lambda: number,
  alpha: number,
): number {
  const [intercept, ...slopes] = numbers;
  const loss = inputs.reduce((sum, row, i) => {
    const z = row.reduce((total, each, j) => total + each * slopes[j]!, intercept!);
    const y = response[i]!;
    if (family === 'gaussian') return sum + (y - z) ** 2 / 2;
    return sum + (family === 'poisson' ? Math.exp(z) : Math.log1p(Math.exp(z))) - y * z;
  }, 0);
  // Of a number glmnet brings the response to deviation 1, which ridge sees and the lasso does not.
  const unit = family === 'gaussian' ? deviation(response) : 1;
  const penalty = slopes.reduce((sum, slope, j) => {
    const b = slope * deviation(inputs.map((row) => row[j]!));
    return sum + alpha * Math.abs(b) + ((1 - alpha) / 2 / unit) * b * b;
  }, 0);
  return loss / response.length + lambda * penalty;
}

function ofGlmnet(tables: Readonly<Record<string, Drawn>>, cases: readonly object[]): number[][] {
  const folder = mkdtempSync(join(tmpdir(), 'glmnet-'));
  try {
    const write = (name: string, rows: readonly (readonly unknown[])[]) =>
      writeFileSync(join(folder, name), rows.map((row) => row.join(',')).join('\n'));
    for (const [name, { inputs, response }] of Object.entries(tables))
      write(`${name}.csv`, [
        ['y', 'a', 'b', 'c', 'd', 'e'],
        ...inputs.map((row, i) => [response[i], ...row]),
      ]);
    write('cases.csv', [Object.keys(cases[0]!), ...cases.map((each) => Object.values(each))]);
    const { stdout, stderr, status } = spawnSync(
      'Rscript',
      [resolve(import.meta.dirname, 'glmnet.R'), folder],
      { encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(missing)('glmnet', () => {
  test('of one expert: the same slopes, and nothing lower', { timeout: 60_000 }, () => {
    const tables = Object.fromEntries(families.map((family) => [family, drawn(family)]));
    const fits = families.flatMap((family) =>
      strengths.map(({ lambda, alpha }) => {
        const data = tables[family]!;
        const { measure, estimates } = fitMaximumLikelihood({
          gate: softmax(),
          expert: linear(),
          experts: 1,
          family,
          data: { ...data, inputNames: ['a', 'b', 'c', 'd', 'e'] },
          penalty: { lambda, alpha },
        });
        const { kernel, bias } = measure.expertParams;
        const numbers = [bias![0]!, ...Array.from(kernel!)];
        if (family !== 'gaussian') return { family, lambda, alpha, numbers };
        // Ours is in units of sigma: lambda sigma for the lasso's part, and for that of ridge glmnet divides by the deviation.
        const parts = [
          lambda * alpha * estimates.find(({ name }) => name === 'sigma')!.value,
          lambda * (1 - alpha) * deviation(data.response),
        ];
        const sum = parts[0]! + parts[1]!;
        return { family, lambda: sum, alpha: parts[0]! / sum, numbers };
      }),
    );
    const theirs = ofGlmnet(
      tables,
      fits.map(({ family, lambda, alpha }) => ({ family, lambda, alpha })),
    );
    expect(theirs).toHaveLength(fits.length);
    for (const [i, { family, lambda, alpha, numbers }] of fits.entries()) {
      const [ours, least] = [numbers, theirs[i]!].map((each) =>
        objective(family, tables[family]!, each, lambda, alpha),
      ) as [number, number];
      const name = `${family} ${lambda} ${alpha}`;
      expect(ours - least, name).toBeLessThan(1e-9 * (1 + Math.abs(least)));
      expect(least - ours, name).toBeLessThan(1e-6 * (1 + Math.abs(least)));
      numbers.forEach((value, j) => {
        const unit = j === 0 ? 1 : deviation(tables[family]!.inputs.map((row) => row[j - 1]!));
        expect(Math.abs(value - theirs[i]![j]!) * unit, name).toBeLessThan(
          1e-4 * deviation(tables[family]!.response),
        );
        if (alpha === 1) expect(value === 0, name).toBe(theirs[i]![j] === 0);
      });
    }
  });
});
