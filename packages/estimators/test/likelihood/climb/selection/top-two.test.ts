import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { coefficients, fitMaximumLikelihood } from '../../../../src/index.ts';

interface Oracle {
  readonly x: number[];
  readonly y: number[];
  readonly logLikelihood: number;
  readonly kernel: number[];
  readonly bias: number[];
  readonly sigma: number[];
}

const oracle = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../fixtures/top-two.json'), 'utf8'),
) as Oracle;
const data = { inputs: oracle.x.map((x) => [x]), response: oracle.y };
const fit = fitMaximumLikelihood({ gate: topK({ k: 2 }), expert: linear(), experts: 3, data, starts: 3 });

describe('top-2 of 3 experts', () => {
  test('is where scipy ends, which holds the division of the rows and searches others at random', () => {
    expect(fit.converged).toBe(true);
    expect(fit.logLikelihood).toBeGreaterThan(oracle.logLikelihood - 1e-6);
    expect(fit.logLikelihood).toBeLessThan(oracle.logLikelihood + 1e-4);
    const { kernel, bias } = fit.measure.expertParams as Record<'kernel' | 'bias', readonly number[]>;
    const order = [0, 1, 2].sort((a, b) => kernel[b]! - kernel[a]!);
    const expected = [0, 1, 2].sort((a, b) => oracle.kernel[b]! - oracle.kernel[a]!);
    order.forEach((own, e) => {
      expect(kernel[own]!).toBeCloseTo(oracle.kernel[expected[e]!]!, 3);
      expect(bias[own]!).toBeCloseTo(oracle.bias[expected[e]!]!, 3);
      expect(fit.measure.dispersions![own]!).toBeCloseTo(oracle.sigma[expected[e]!]!, 3);
    });
  });

  test('never falls', () => {
    fit.history.forEach((value, i) => {
      if (i > 0) expect(value).toBeGreaterThan(fit.history[i - 1]! - 1e-9);
    });
  });

  test('has standard errors where the likelihood has derivatives, and says where it has none', () => {
    expect(fit.warnings.map(({ reason }) => reason)).toEqual(['selection']);
    for (const { part, status, standardError } of coefficients(fit)) {
      if (part !== 'gate') expect([status, standardError! > 0]).toEqual(['estimated', true]);
      else expect(['reference', 'not identified']).toContain(status);
    }
  });
});
